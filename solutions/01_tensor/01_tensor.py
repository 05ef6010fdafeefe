# %% [markdown]
r"""
# 01 · The Tensor

*8 points · about 60 minutes*

**After this you can**

- say what a Tensor adds to a NumPy array, and why an array is not enough;
- decide when two names share one piece of memory, and when they do not;
- write the class on which everything in this course stands.

**You need** Python classes, and NumPy arrays up to `shape` and `dtype`.

Run each cell with Shift + Enter, from top to bottom. A cell with `# YOUR CODE HERE` is yours: replace the
line `raise NotImplementedError()`, and leave the rest, also the mark `#| export`, as it is. The cell below checks
your answer and says what is missing, as often as you like. Below that are three hints, folded up, each one saying
a little more. If your own cell shows an error, mend that first: a check sees what ran last.

The first cell brings NumPy, `check`, and `diagram`, which draws the pictures.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from babygrad.diagram import diagram

# %% [markdown]
r"""
## Why an array is not enough

Multiply two numbers with NumPy:
"""

# %%
a = np.array(3.0)
b = np.array(4.0)
c = a * b
print(c)

# %% [markdown]
r"""
Now a question. If `a` were 3.01 instead of 3, how much larger would `c` be?

You can answer it, because you saw where the 12 came from: `c` is `a` times 4, so it grows by 0.01 times 4,
which is 0.04. The array cannot answer. All it holds is 12. It might be 3 · 4, or 2 · 6, or 5 + 7, and each of
them would answer differently.

Training a neural network is this question, asked about a million numbers at once: *if I nudge this one, what
happens to the error at the end?* The answer is called the **gradient**. To find it, every result has to remember
how it came about. So we put the array into a box, together with what an array cannot hold. That box is a
**Tensor**.
"""

# %% tags=["figure"]
diagram(
    "A Tensor and what it holds",
    "A Tensor holds five things. data: the numbers. grad, None until it is known: what "
    "happens if they are nudged. requires_grad: whether anybody will want to know. _op: what "
    "was done to get it. _inputs: the Tensors it was done to.",
    {
        "t": (0, 124, "a Tensor"),
        "data": (330, 0, "data = [3. 4.]\nthe numbers"),
        "grad": (330, 62, "grad = None\nwhat happens if they are nudged"),
        "requires_grad": (330, 124, "requires_grad = True\nwill anybody want to know?"),
        "_op": (330, 186, "_op = None\nwhat was done to get it"),
        "_inputs": (330, 248, "_inputs = ()\nthe Tensors it was done to"),
    },
    [("t", name, "") for name in ("data", "grad", "requires_grad", "_op", "_inputs")],
)

# %% [markdown]
r"""
(The underscore in `_op` and `_inputs` says: for the library, not for those who use it.) A fresh Tensor has no
history and no gradient yet, so three of the five are easy. The work is in the first one.

## Two things to know about arrays

**First, `dtype`.** An array holds its numbers in one format. The two that matter here are `float32`, with
about 7 digits, and `float64`, with about 16. Neural networks are trained in `float32`: it takes half the
memory, and 7 digits are plenty. Later, when you check your gradients by nudging, you will want all 16. NumPy has
an opinion of its own, unless you tell it:
"""

# %%
print(np.array([0.5, 7.0]).dtype)
print(np.array([3, 4]).dtype)
print(np.array([3, 4], dtype=np.float32).dtype)
print(np.issubdtype(np.array([3, 4]).dtype, np.floating))

# %% [markdown]
r"""
A list of numbers becomes `float64`, and whole numbers become integers, which is no use to us: a nudge of 0.01
does not exist there. The last line shows how to ask whether a dtype is a floating one.

**Second, memory.** Two names can stand for one array.

**Predict, then run.** Of `np.array` and `np.asarray`, one makes a new array and the other one does not. What will
the last line print?
"""

# %%
source = np.array([3.0, 5.0])
first = np.asarray(source)
second = np.array(source)
source[0] = -30.0
print(first[0], second[0])

# %% [markdown]
r"""
`np.array` copies. `np.asarray` hands back the same array, unless the dtype has to change; whoever changes one
changes both. Suppose a program reads one picture after another into the same array. A Tensor that kept *that*
array would change under your feet, long after you made it. So a Tensor **owns its memory**: it copies what it is
given.

### 1.1 The box

*4 points · 20 minutes · difficulty 2 of 5*

Write the constructor. Four kinds of things may come in: a number, a list, an array, or another Tensor, of which you
take the numbers and nothing else. This table settles the dtype:

| what comes in | with `dtype=None` | with `dtype=np.float64` |
|---|---|---|
| `3.5` or `[3, -4]` | float32 | float64 |
| an array of integers | float32 | float64 |
| a float64 array | float64 | float64 |
| a float32 array | float32 | float64 |
| a Tensor | as for its array | float64 |

In words: **an array of a floating dtype keeps it; everything else becomes float32; and `dtype=` has the last
word.** So look at what came in *before* you convert it: `np.array([3.5])` is float64 already.

`requires_grad` is True unless the caller says otherwise. (The `*` in the first line means that `dtype` and
`requires_grad` have to be given by name.)
"""

# %% tags=["solution:tensor_init"]
#| export
class Tensor:
    """An array that remembers where it came from."""

    def __init__(self, data, *, dtype=None, requires_grad=True):
        """Fill the box.

        data: number, list, ndarray or Tensor. dtype: a floating dtype, or None for the table above.
        requires_grad: bool, whether anybody will ask for a gradient.
        Sets data (an ndarray of its own), grad (None), requires_grad, _op (None) and _inputs (()).
        For example, Tensor([3, -4]).data is array([ 3., -4.], dtype=float32).
        """
        ### BEGIN SOLUTION
        if isinstance(data, Tensor):
            data = data.data
        if dtype is None:
            floating = isinstance(data, np.ndarray) and np.issubdtype(data.dtype, np.floating)
            dtype = data.dtype if floating else np.float32
        self.data = np.array(data, dtype=dtype)
        self.grad = None
        self.requires_grad = requires_grad
        self._op = None
        self._inputs = ()
        ### END SOLUTION

# %% tags=["check:tensor_init:4"]
check("01_tensor/Tensor.__init__", Tensor)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Reduce four cases to three: if a Tensor comes in, go on with its array. Then choose the dtype. Then make the array,
once, at the end.
</details>
<details><summary>Hint 2: the dtype</summary>

There is only one case in which the dtype is not `float32` and not what the caller asked for. Ask two things of
`data`: is it an `ndarray`, and does its dtype count as `np.floating`?
</details>
<details><summary>Hint 3: nearly there</summary>

`np.array(…, dtype=…)` makes arrays of lists and numbers, and always copies: one call serves all cases, if you have
settled its two arguments before. The rest are four plain assignments. An empty tuple is written `()`.
</details>
"""

# %% [markdown]
r"""
Here are `first = Tensor(source)` and `second = Tensor(first)`. The picture asks NumPy which of them share memory, so
it shows what *your* class does. There should be three arrays on the right.
"""

# %% tags=["figure"]
def who_holds_which(**arrays):
    places, boxes, arrows = [], {}, []
    for row, (name, array) in enumerate(arrays.items()):
        shared = [place for place in places if np.shares_memory(array, arrays[place])]
        if not shared:
            places.append(name)
            boxes["array of " + name] = (260, 60 * row, f"{array}")
        boxes[name] = (0, 60 * row, name)
        arrows.append((name, "array of " + (shared or [name])[0], "" if row == 0 else ".data"))
    text = f"{', '.join(arrays)} hold {len(places)} different arrays."
    return diagram("Who holds which array", text, boxes, arrows)


source = np.array([3.0, 5.0])
first = Tensor(source)
second = Tensor(first)
who_holds_which(source=source, first=first.data, second=second.data)

# %% [markdown]
r"""
**Predict, then run.** `second` was made from `first`. We give `first` a gradient by hand and change its
numbers. What does `second` know of either?
"""

# %%
first.grad = np.array([10.0, 20.0])
first.data[0] = -30.0
print(second.data, second.grad)

# %% [markdown]
r"""
Nothing. It took the numbers when it was made, and has lived its own life since.

## Looking into the box

It would be tiresome to write `t.data.shape` all the time. The next cell continues the class. Its first line, `class
Tensor(Tensor)`, is no mistake: it makes a new class that can do all that the old one could, and more, and gives it
the old name. (Tensors that you made earlier stay what they were, so make new ones afterwards. And if you run the cell
of 1.1 again, run this one again, too.)

`shape` is written out for you. The line `@property` above it lets you say `t.shape`, without parentheses.

### 1.2 Four small methods

*2 points · 15 minutes · difficulty 2 of 5*

Two of them look alike and are not. `t.numpy()` takes the numbers out, to plot or to print them. It gives a **copy**:
do with it what you like. `t.detach()` is for computing on with the same numbers where the history does not matter. It
gives a Tensor that **shares** the array of `t`, remembers nothing and requires no gradient.

| | what it is | memory | history |
|---|---|---|---|
| `t.data` | array | the Tensor's own | |
| `t.numpy()` | array | a copy | |
| `t.detach()` | Tensor | shared with `t` | none |

`repr(t)` is the text that Python shows for `t`. It should begin with `Tensor(` and show the numbers. If `t` requires
no gradient, it should say `requires_grad=False`; otherwise not.
"""

# %% tags=["solution:tensor_methods"]
#| export
class Tensor(Tensor):
    """An array that remembers where it came from."""

    @property
    def shape(self):
        """The shape of the data, a tuple: Tensor([[3, 4, 5]]).shape is (1, 3)."""
        return self.data.shape

    @property
    def dtype(self):
        """The dtype of the data: Tensor(3.5).dtype is dtype('float32')."""
        ### BEGIN SOLUTION
        return self.data.dtype
        ### END SOLUTION

    def numpy(self):
        """The numbers as an ndarray that shares no memory with this Tensor."""
        ### BEGIN SOLUTION
        return self.data.copy()
        ### END SOLUTION

    def detach(self):
        """A new Tensor around the same array, a constant without history. Leaves self as it is."""
        ### BEGIN SOLUTION
        detached = Tensor(self.data, requires_grad=False)
        detached.data = self.data
        return detached
        ### END SOLUTION

    def __repr__(self):
        """For example Tensor([3. 5.]), or Tensor([3. 5.], requires_grad=False)."""
        ### BEGIN SOLUTION
        constant = "" if self.requires_grad else ", requires_grad=False"
        return f"Tensor({self.data}{constant})"
        ### END SOLUTION

# %% tags=["check:tensor_methods:2"]
check("01_tensor/Tensor methods", Tensor)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

`dtype` and `numpy` are one line each, and arrays have what you need. `repr` is an f-string with one
decision in it. `detach` is the one to think about: your constructor copies, and here that is not wanted.
</details>
<details><summary>Hint 2: detach</summary>

Make a new Tensor first, with whatever numbers. A Tensor is a box: after it has been made, you may still
replace what is in it.
</details>
<details><summary>Hint 3: nearly there</summary>

`detach` has three lines: make a Tensor that requires no gradient, give its `data` the array of `self`, return
it. In `__repr__`, choose between an empty text and `", requires_grad=False"`, and put it behind the numbers.
</details>
"""

# %% [markdown]
r"""
**Predict, then run.** Which of the three assignments can be seen in `t` afterwards?
"""

# %%
t = Tensor([3.0, 5.0, 7.0])
t.numpy()[0] = -1.0
t.detach().data[1] = -1.0
t.data[2] = -1.0
t

# %% [markdown]
r"""
The 3 stayed, because `numpy()` gave a copy. The other two assignments reached the array of `t`.

## Constants

In lesson 03 you will write `t * 7`. The 7 is not a Tensor, and operations work on Tensors, so somebody has to wrap it.
But nobody will ever ask what happens when you nudge that 7. It is part of the formula, a **constant**: a Tensor
with `requires_grad=False`.

Wrapping what is a Tensor already would be a quiet disaster: as you wrote in 1.1, that gives a new Tensor with the
same numbers and no history. Every gradient would stop there, and no error would tell you.

### 1.3 Wrap it if you must

*2 points · 10 minutes · difficulty 1 of 5*

Write the function that every operation will call on its inputs. A Tensor comes back as it is: the very object,
whether it requires a gradient or not. Anything else becomes a constant.
"""

# %% tags=["solution:ensure_tensor"]
#| export
def _ensure_tensor(value):
    """`value` as a Tensor.

    value: a Tensor, which is returned itself; or a number, list or ndarray, made a constant.
    For example, _ensure_tensor(7.5) is a Tensor with data 7.5 and requires_grad False.
    """
    ### BEGIN SOLUTION
    if isinstance(value, Tensor):
        return value
    return Tensor(value, requires_grad=False)
    ### END SOLUTION

# %% tags=["check:ensure_tensor:2"]
check("01_tensor/_ensure_tensor", _ensure_tensor)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

There are two cases, and `isinstance` tells them apart.
</details>
<details><summary>Hint 2: the first case</summary>

"The very object" means that you do not make anything: hand back what you were given.
</details>
<details><summary>Hint 3: nearly there</summary>

For the second case your constructor does the work. Its default for `requires_grad` is wrong here, so say what
you want.
</details>
"""

# %% [markdown]
r"""
## What you have now

| name | what it does |
|---|---|
| `Tensor(data, dtype=, requires_grad=)` | a box around its own copy of the numbers |
| `t.data`, `t.grad` | the numbers; their gradient, once it is known |
| `t.requires_grad` | whether a gradient is wanted: True, unless it is a constant |
| `t._op`, `t._inputs` | the history: the operation and the Tensors it was done to |
| `t.shape`, `t.dtype` | those of the data |
| `t.numpy()`, `t.detach()` | a copy of the numbers; a Tensor without history that shares them |
| `_ensure_tensor(value)` | Tensors as they are, everything else as a constant |

The labels `_op` and `_inputs` are still empty in every Tensor you have made. In lesson 03 you write the
operations that fill them. Before that, lesson 02 looks at the question itself: what exactly does it mean that the
12 from the beginning grows by 4 times the nudge?
"""
