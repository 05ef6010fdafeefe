# %% [markdown]
r"""
# 03 · Function: operations that remember

*14 points · about 90 minutes*

**After this you can**

- write an operation that computes its result *and* remembers how to go back;
- derive the gradient rules of `+` and `*` from a nudge;
- carry a gradient through a small graph by hand, also where a number is used twice.

**You need** to know the Tensor of lesson 01 and the slopes of lesson 02. The Tensor comes finished from `babygrad`,
so nothing here depends on your own answers.
"""

# %% tags=["given:imports"]
from autograder import check
from babygrad import Tensor
from babygrad.diagram import diagram, held_by
from babygrad.graph import draw
from babygrad.tensor import _ensure_tensor

# %% [markdown]
r"""
## Who did this?

Take `c = a * b` with `a = 3` and `b = 4`. A fresh Tensor knows nothing of its past: its `_op` is None, its `_inputs`
is `()`. Somebody has to fill them in for `c`, and the one who knows what to write is the one who multiplies. So
an operation is more than a function here. It is an **object**. It is made for one call, and the result keeps it.
"""

# %% tags=["figure"]
diagram(
    "Who holds whom after c = a * b",
    "The Tensor c, with data 12, holds through _op the operation, a Mul object, and through "
    "_inputs the Tensors a, with data 3, and b, with data 4. The arrows lead from the result "
    "back to where it came from.",
    {
        "c": (0, 60, "c\ndata 12"),
        "op": (260, 0, "a Mul object\nforward, backward"),
        "inputs": (260, 100, "a tuple"),
        "a": (480, 70, "a\ndata 3"),
        "b": (480, 130, "b\ndata 4"),
    },
    [
        ("c", "op", "_op"),
        ("c", "inputs", "_inputs"),
        ("inputs", "a", "[0]"),
        ("inputs", "b", "[1]"),
    ],
)

# %% [markdown]
r"""
The arrows lead **backwards**, from the result to what it was made of. That is the direction in which gradients
will travel, and it is why the labels are on `c` and not on `a`.

Every operation needs the same frame: take Tensors apart, compute, put the result into a Tensor, note the
history. Only the computing differs. So the frame is written once, in a class `Function`, and each operation
is a subclass of it with two methods of its own:

| method | works on | does |
|---|---|---|
| `forward` | arrays | computes the result |
| `backward` | Tensors | will lead gradients back; you need it from 3.2 on |

Calling the object, as in `op(a, b)`, runs the method `__call__`. That one is the frame. It takes any number of inputs.

### 3.1 The frame

*5 points · 30 minutes · difficulty 3 of 5*

Follow `op(Tensor(4.0), 7)` through it:

1. The 7 is no Tensor. It becomes a constant. (Lesson 01 has a function for this: `_ensure_tensor`.)
2. `forward` gets the two **arrays**, 4 and 7, one by one, and returns an array. (`f(*[4, 7])` is Python for `f(4, 7)`.)
3. The result becomes a Tensor. It requires a gradient if **at least one** input does; remember that `Tensor` assumes
   True unless you say `requires_grad=`.
4. A result that requires a gradient remembers: in `_op` the very object that is being called, which its own methods know as `self`, and in
   `_inputs` a tuple of the **very Tensors** that went in, in order. Otherwise both stay as they are: a history keeps
   every array in it alive, and nobody would ever use this one.

Why the very Tensors, and not copies, or their arrays? Because at the end of the way back, the gradient has to
arrive at *your* `a`.
"""

# %% tags=["solution:function_call"]
#| export
class Function:
    """An operation: `forward` computes on arrays, `backward` takes a gradient one step back."""

    def __call__(self, *inputs):
        """Apply the operation, and remember it where a gradient is wanted.

        inputs: Tensors; numbers, lists and arrays count as constants.
        Returns a Tensor around what self.forward returns, with requires_grad, _op and _inputs set.
        For an op that adds, op(Tensor(4.5), 7) has data 11.5, and its _inputs hold two Tensors.
        """
        ### BEGIN SOLUTION
        inputs = tuple(_ensure_tensor(value) for value in inputs)
        requires_grad = any(t.requires_grad for t in inputs)
        output = Tensor(self.forward(*[t.data for t in inputs]), requires_grad=requires_grad)
        if requires_grad:
            output._op = self
            output._inputs = inputs
        return output
        ### END SOLUTION

    def forward(self, *arrays):
        """The result, an ndarray, computed from the ndarrays of the inputs."""
        raise NotImplementedError("this operation has no forward")

    def backward(self, out_grad, node):
        """The gradients for the inputs, given the gradient that arrives at the output."""
        raise NotImplementedError("this operation has no backward")

# %% tags=["check:function_call:5"]
check("03_function/Function.__call__", Function)

# %% [markdown]
r"""
<details><summary>Hint 1: the order of things</summary>

Go through the numbered list above; each number is one or two lines. Keep the wrapped inputs under a name of
their own, because you need them three times.
</details>
<details><summary>Hint 2: the pieces</summary>

`inputs` is a tuple of what was passed, and you want another tuple, with each thing wrapped. "At least one of
them" is a function that Python has built in. And `self.forward(*arrays)` passes a list as separate arguments.
</details>
<details><summary>Hint 3: nearly there</summary>

In words: wrap all inputs into a tuple · ask whether any of them requires a gradient · make a Tensor of what
`forward` gives, and tell it what you have just found out · if so, put `self` and your tuple on it · return
it.
</details>
"""

# %% [markdown]
r"""
Try it on an operation whose `forward` is one line. The picture asks your `result` whom it holds. (Whenever you change
`Function`, run the cells below it again: operations made before still use the old one.)
"""

# %%
class Plus3Times(Function):
    def forward(self, x, y):
        return x + 3 * y

left, right = Tensor(4.0), Tensor(7.0)
result = Plus3Times()(left, right)
held_by(result, left=left, right=right)

# %% [markdown]
r"""
## One step back

Now `backward`. It is the heart of this course, so here is exactly what it is told and what it must answer.

Somewhere downstream of `c` there is a number that we care about, the loss. Somebody has worked out already
that when `c` is nudged, the loss moves 5 times as much. That 5 is the **upstream gradient**: values flow down
to the loss, gradients come back up from there. It arrives as

- `out_grad`, a Tensor with the shape of `c`, and with it comes
- `node`, which is `c` itself: the **output** of the operation. The inputs are in `node._inputs`, in order. No need to
  keep them anywhere else.

The answer is one gradient for each input: how much the *loss* moves when that input is nudged. Not how much
`c` moves. What you return has the upstream gradient in it already.

### 3.2 The rule for addition

*2 points · 10 minutes · difficulty 1 of 5*

Take `c = a + b` with `a = 3` and `b = 4`, so `c = 7`. Nudge `a` from 3 to 3.01, and `c` moves from 7 to 7.01:
by just as much. The loss moves 5 times that. So the gradient for `a` is

$$\underbrace{5}_{\text{upstream}} \cdot \underbrace{1}_{\text{local}} = 5 .$$

The **local** factor is the slope of this one operation by itself. Here it is 1, and it does not depend on `a` or `b`.

Write both methods. `forward` gets two arrays of equal shape; `backward` returns a tuple of two Tensors.
"""

# %% tags=["solution:add"]
#| export
class Add(Function):
    """The sum of two tensors of equal shape, element by element."""

    def forward(self, a, b):
        """a, b: ndarrays of equal shape. Returns their sum, an ndarray: 3 and 4 give 7."""
        ### BEGIN SOLUTION
        return a + b
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradients of the loss with respect to both inputs.

        out_grad: Tensor, with the shape of the sum. node: Tensor, the sum.
        Returns a tuple of two Tensors, in input order.
        With a = 3, b = 4 and out_grad = 5 the first is 5.
        """
        ### BEGIN SOLUTION
        return out_grad, out_grad
        ### END SOLUTION

# %% tags=["check:add:2"]
check("03_function/Add", Add)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Ask twice: by how much does the loss move when `a` is nudged? And when `b` is nudged? A sum treats them alike.
</details>
<details><summary>Hint 2: the shapes</summary>

`forward` gets arrays, not Tensors, so `+` is NumPy's. In `backward`, both answers have the shape of `out_grad`.
</details>
<details><summary>Hint 3: nearly there</summary>

| | local slope | upstream | product |
|---|---|---|---|
| for `a` | 1 | 5 | 5 |
| for `b` | ? | 5 | ? |

Two values, with a comma between them, are a tuple.
</details>
"""

# %% [markdown]
r"""
### 3.3 The rule for multiplication

*3 points · 15 minutes · difficulty 2 of 5*

Now `c = a * b`, again with 3 and 4, so `c = 12`, and again an upstream gradient of 5.

Nudge `a` from 3 to 3.01. This time `c` moves from 12 to 12.04: four times the nudge, because `b` is 4. The loss
moves 5 times *that*, which is 20 times the nudge. In symbols, with $L$ for the loss and $\partial L / \partial a$ for
the gradient of the loss with respect to $a$:

$$\frac{\partial L}{\partial a} = \underbrace{\frac{\partial L}{\partial c}}_{\text{upstream, } 5} \cdot
\underbrace{\frac{\partial c}{\partial a}}_{\text{local, } 4} = 20 .$$

That is the chain rule, all of it: magnified here, then magnified there. Before you write anything: what is
the gradient for `b`, in numbers?

`out_grad` and the inputs are Tensors, and Tensors from `babygrad` can be multiplied with `*` (how they do it,
you will write yourself in a moment). So the rule is written the way you would say it.
"""

# %% tags=["solution:mul"]
#| export
class Mul(Function):
    """The product of two tensors of equal shape, element by element."""

    def forward(self, a, b):
        """a, b: ndarrays of equal shape. Returns their product, an ndarray: 3 and 4 give 12."""
        ### BEGIN SOLUTION
        return a * b
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradients of the loss with respect to both inputs.

        out_grad: Tensor, with the shape of the product. node: Tensor, the product.
        Returns a tuple of two Tensors, in input order.
        With a = 3, b = 4 and out_grad = 5 the first is 20.
        """
        ### BEGIN SOLUTION
        a, b = node._inputs
        return out_grad * b, out_grad * a
        ### END SOLUTION

# %% tags=["check:mul:3"]
check("03_function/Mul", Mul)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Each input's nudge is magnified by something that you can read off `c = a * b`. By what?
</details>
<details><summary>Hint 2: the pieces</summary>

You need three things: the upstream gradient, and the two numbers that were multiplied. Where does `node`
keep them?
</details>
<details><summary>Hint 3: nearly there</summary>

Fill in the table for `a = 3`, `b = 4` and `out_grad = 5`, then write what you did as code.

| | local slope | upstream | product |
|---|---|---|---|
| for `a` | 4 | 5 | 20 |
| for `b` | ? | 5 | ? |
</details>
"""

# %% [markdown]
r"""
**Predict, then run.** Let `x` be 3 and multiply it by itself. Both inputs of `y` are the same Tensor, and
`Mul.backward` returns two gradients, both of which belong to `x`. What should be done with the two? The last
number below is the slope of `x * x` at 3, found by nudging. (The upstream gradient is 1, because we ask about `y`
itself: nudge `y`, and `y` moves by the nudge.)
"""

# %%
x = Tensor(3.0)
y = Mul()(x, x)
from_the_left, from_the_right = y._op.backward(Tensor(1.0), y)
print(from_the_left.data, from_the_right.data)
print((3.01 * 3.01 - 2.99 * 2.99) / 0.02)

# %% [markdown]
r"""
A nudge of `x` reaches `y` along two paths, and both move it. **Gradients that arrive at the same Tensor add up.**
Remember this one; it is the only other rule there is.

## Plus and times

Making an object and calling it is honest, but nobody wants to write that. When Python meets `a * b`, it calls `a.__mul__(b)`. When
it meets `7 * a`, it asks the 7 first, learns that integers know nothing of Tensors, and then tries
`a.__rmul__(7)`, where r stands for *reflected*: `self` is on the **right**. With an array on the left it is the same.

### 3.4 The operators

*2 points · 10 minutes · difficulty 2 of 5*

Write the functions `add` and `mul`, which make an operation and call it, and the four methods of Tensor that use
them. Who wraps the 7 in `7 * a`? Somebody does so already: see 3.1. And mind the circle: a `+` between Tensors
*inside* `__add__` or `add` would call `__add__` again, which would call …

As in lesson 01, `class Tensor(Tensor)` continues the class. Tensors that you make from here on use *your* four
methods.
"""

# %% tags=["solution:operators"]
#| export
def add(a, b):
    """a + b, for Tensors or numbers. Returns a Tensor: add(Tensor(3.0), 4) has data 7."""
    ### BEGIN SOLUTION
    return Add()(a, b)
    ### END SOLUTION


def mul(a, b):
    """a * b, for Tensors or numbers. Returns a Tensor: mul(Tensor(3.0), 4) has data 12."""
    ### BEGIN SOLUTION
    return Mul()(a, b)
    ### END SOLUTION


class Tensor(Tensor):
    """An array that remembers where it came from, with + and *."""

    def __add__(self, other):
        """What self + other means."""
        ### BEGIN SOLUTION
        return add(self, other)
        ### END SOLUTION

    def __radd__(self, other):
        """What other + self means, where other is no Tensor."""
        ### BEGIN SOLUTION
        return add(other, self)
        ### END SOLUTION

    def __mul__(self, other):
        """What self * other means."""
        ### BEGIN SOLUTION
        return mul(self, other)
        ### END SOLUTION

    def __rmul__(self, other):
        """What other * self means, where other is no Tensor."""
        ### BEGIN SOLUTION
        return mul(other, self)
        ### END SOLUTION

# %% tags=["check:operators:2"]
check("03_function/operators", add, mul, Tensor)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Each of the six is one line that passes its two arguments on.
</details>
<details><summary>Hint 2: object and call</summary>

There are two pairs of parentheses: the first makes the object, the second calls it.
</details>
<details><summary>Hint 3: nearly there</summary>

The methods need no case for numbers: your `__call__` makes constants of them. In the reflected ones, mind who
stands where.
</details>
"""

# %% [markdown]
r"""
## You are the machine

Here is a graph with three inputs, in which `d` is used **twice**:

$$d = a \cdot b \qquad e = d + c \qquad f = e \cdot d$$

With `a = 3`, `b = 5` and `c = -4` this gives `d = 15`, `e = 11` and `f = 165`. What happens to `f` if `a` is
nudged? Nudging can tell, at the price of computing everything twice for every question:
"""

# %%
def f_of(a, b, c):
    d = a * b
    e = d + c
    return e * d

print((f_of(3.001, 5, -4) - f_of(2.999, 5, -4)) / 0.002)

# %% [markdown]
r"""
Going backwards costs one pass for all questions together. Start at the end: when `f` is nudged, `f` moves by the
nudge, so the gradient of `f` is 1. From there, one operation at a time:

| Tensor | used in | its gradient |
|---|---|---|
| `f` | | 1 |
| `e` | `f = e * d` | upstream 1, local `d`: 15 |
| `c` | `e = d + c` | upstream 15, local 1: ? |
| `d` | `f = e * d` **and** `e = d + c` | ? |
| `a` | `d = a * b` | ? |
| `b` | `d = a * b` | ? |

### 3.5 By hand

*2 points · 20 minutes · difficulty 3 of 5*

Fill in the table with a pencil. The entry for `a` has to come out as the nudge said, 130. Then write it as a
function, for any three numbers: first forward, for `d` and `e`, then back.
"""

# %% tags=["solution:by_hand"]
def by_hand(a, b, c):
    """The gradients of f with respect to a, b and c, where d = a * b, e = d + c and f = e * d.

    a, b, c: numbers. Returns three numbers, in this order; the first of by_hand(3, 5, -4) is 130.
    Works backwards from f with the rules of 3.2 and 3.3; no Tensors, no nudging.
    """
    ### BEGIN SOLUTION
    d = a * b
    e = d + c
    e_grad = d
    c_grad = e_grad
    d_grad = e + e_grad
    return d_grad * b, d_grad * a, c_grad
    ### END SOLUTION

# %% tags=["check:by_hand:2"]
check("03_function/by_hand", by_hand)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Go through the table from the top. By the time you reach a row, everything that uses this Tensor is done.
</details>
<details><summary>Hint 2: the row of d</summary>

`d` is used twice, so two gradients arrive there: one straight from `f`, and one that came through `e`. Recall
what became of the two gradients of `x * x`.
</details>
<details><summary>Hint 3: nearly there</summary>

With the numbers above, `f = e * d` sends 11 to `d`, and `e = d + c` sends 15. From the gradient of `d` to those
of `a` and `b` it is the rule of 3.3 once more.
</details>
"""

# %% [markdown]
r"""
And now with your own objects: your operators build the graph, and your `backward` rules carry the gradients, one
call for each operation. Sharp boxes were given, round ones computed. The arrows point the way the values went. The
numbers on them went the other way: they are what each rule sends back.
"""

# %% tags=["figure"]
def with_gradients(a, b, c):
    d = a * b
    e = d + c
    f = e * d
    sent = {}  # what each rule sends back, by edge: the node it leads to, and which input
    for node in (f, e, d):
        arrived = [grad for (user, i), grad in sent.items() if user._inputs[i] is node]
        out_grad = sum(arrived[1:], arrived[0]) if arrived else Tensor(1.0)
        for i, grad in enumerate(node._op.backward(out_grad, node)):
            sent[node, i] = grad
    numbers = {edge: f"{grad.data:g}" for edge, grad in sent.items()}
    return draw(f, a=a, b=b, c=c, d=d, e=e, f=f, edge_labels=numbers)


with_gradients(Tensor(3.0), Tensor(5.0), Tensor(-4.0))

# %% [markdown]
r"""
Look at the two arrows that leave `d`: 15 comes back along one of them, 11 along the other. The arrows that lead to
`d` carry 5 times and 3 times their sum.

## What you have now

| name | what it does | gradient rule |
|---|---|---|
| `Function` | the frame: arrays out of Tensors, `forward`, a Tensor around the result, history | |
| `Add`, `add`, `+` | sum | `out_grad` to both |
| `Mul`, `mul`, `*` | product | `out_grad` times the *other* input |

And two rules that hold everywhere: *upstream times local*, and *what arrives at the same Tensor adds up*.

You went through the graph by hand and knew the right order, because you saw it. A program has to find it:
that is lesson 08. Before that, the next lessons bring more operations, each of them a class like `Mul` with a
rule of its own. Lesson 04 begins with those that look at one number at a time.
"""
