# %% [markdown]
r"""
# 08 · The backward pass

*14 points · about 90 minutes*

**After this you can**

- put the Tensors of any graph into an order in which no gradient is passed on too early;
- write `backward`, which carries gradients through a whole graph in one pass;
- say why gradients are added, why they are kept in a ledger, and what goes wrong otherwise.

**You need** lesson 03: `_op` and `_inputs`, what a rule returns, and the graph that you went through by hand. All
operations come finished from `babygrad`. The check of 8.2 works with a finished order in the place of yours; the
pictures and the last cells use *your* two functions.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from babygrad import Tensor
from babygrad.diagram import diagram
from babygrad.graph import draw
from babygrad.plot import axes, described

# %% [markdown]
r"""
## Who goes first?

This is the graph of lesson 03 again. There, *you* carried the gradients back. Today a program
will. Each operation knows one step, so ask the last one what it sends to its two inputs:
"""

# %%
a, b, c = Tensor(3.0), Tensor(5.0), Tensor(-4.0)
d = a * b
e = d + c
f = e * d
to_e, to_d = f._op.backward(Tensor(1.0), f)
print(to_e.data, to_d.data)

# %% [markdown]
r"""
`e` gets 15 and `d` gets 11. Now both could go on.

**Predict, then look.** Suppose `d` goes first. It has 11, so its rule sends 5 · 11 = 55 to `a`. In lesson 03, the
nudge said 130. What is missing, and where is it at this moment? (On the arrows: who reports 1st, 2nd and 3rd, and
what. Reports travel *against* the arrows.)
"""

# %% tags=["figure"]
def too_early():
    edges = [(f, 0), (f, 1), (d, 0), (d, 1), (e, 0), (e, 1)]
    steps = ["1st: 15", "1st: 11", "2nd: 55", "2nd: 33", "3rd: 15, too late", "3rd: 15"]
    return draw(f, edge_labels=dict(zip(edges, steps, strict=True)), a=a, b=b, c=c, d=d, e=e, f=f)


too_early()

# %% [markdown]
r"""
`e` is the third to report. When it sends another 15 to `d`, `d` has passed its 11 on. Nobody comes by a second time,
and `a` has to make do with 55. Let `d` wait until `e` has reported, and it has 11 + 15 = 26:
"""

# %% tags=["figure"]
def in_time():
    edges = [(f, 0), (f, 1), (e, 0), (e, 1), (d, 0), (d, 1)]
    steps = ["1st: 15", "1st: 11", "2nd: 15", "2nd: 15", "3rd: 5 · 26", "3rd: 3 · 26"]
    return draw(f, edge_labels=dict(zip(edges, steps, strict=True)), a=a, b=b, c=c, d=d, e=e, f=f)


in_time()

# %% [markdown]
r"""
5 · 26 is 130, as the nudge said. So: **a Tensor passes its gradient on when everybody who uses it has reported.**
(Everybody on a way to `f`, that is; from others nothing will come.)

Those who use a Tensor were computed after it. So what we need is a list in which every Tensor stands after all of its
inputs; then we go through it *from the end*. Such a list is a **topological order** of the graph. Here,
`a, b, d, c, e, f` is one, and `c, b, a, d, e, f` is another. But `a, b, c, e, d, f` is none, because `e` comes before
its input `d`.

### 8.1 The order

*5 points · 30 minutes · difficulty 4 of 5*

`topological_order(root)` returns a list of all Tensors that `root` was made from, and `root` itself, each one once.
With $p$ for the place in the list,

$$p(\text{input}) < p(\text{result}) \quad \text{for every input of every result.}$$

Any order like that will do. In the graph above, the list has 6 entries and `f` is the last.

- Leaves and constants belong to it, too. Their `_inputs` is an empty tuple.
- A Tensor that is used three times is in the list once. "The same" means the very object: two Tensors that
  both hold 7 are two.

A **set** helps: `set()` makes an empty one, `s.add(t)` puts `t` into the set `s`, and `t in s` asks whether it is
there. Tensors in a set are told apart as objects, not by their numbers. Each call of `topological_order` makes
a new list and a new set.

Your function need not manage thousands of operations in a row. Lesson 09 sees to that.
"""

# %% tags=["solution:topological_order"]
#| export
def topological_order(root):
    """All Tensors that root was made from, and root itself, each one after all of its inputs.

    root: a Tensor. Returns a list of the very Tensors, each of them once.
    For f = e * d with e = d + c and d = a * b, the list may be [a, b, d, c, e, f].
    """
    ### BEGIN SOLUTION
    order, seen = [], set()

    def visit(tensor):
        """Put tensor at the end of the list, after its inputs."""
        if tensor not in seen:
            seen.add(tensor)
            for source in tensor._inputs:
                visit(source)
            order.append(tensor)

    visit(root)
    return order
    ### END SOLUTION

# %% tags=["check:topological_order:5"]
check("08_backward/topological_order", topological_order)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Stand at some Tensor. When may it be put at the end of the list? When all of its inputs are in the list. So see to its
inputs first, to each of them in the same way: "in the same way" is what a function that calls itself is good at. Where
does it end?
</details>
<details><summary>Hint 2: the pieces</summary>

You need a list, which will be the answer, and a set of those that were visited. Both are made anew in each call of
`topological_order`. A function that is defined inside another one, with `def` and indented, can use and fill
the outer one's list and set, with `.append` and `.add`.
</details>
<details><summary>Hint 3: nearly there</summary>

The inner function gets one Tensor. It asks first whether that was visited, and notes that it is now. Then there are
two things to do: see to all of its inputs, and put the Tensor into the list. Which of the two comes first? The outer
function makes the two containers, starts at the root, and returns one of them.
</details>
"""

# %% [markdown]
r"""
The picture shows the place of each Tensor in *your* list. Along every arrow the place should go up.
"""

# %% tags=["figure"]
def with_places(root, **named):
    order = topological_order(root)
    return draw(root, **{f"{name} (place {order.index(t) + 1})": t for name, t in named.items()})


with_places(f, a=a, b=b, c=c, d=d, e=e, f=f)

# %% [markdown]
r"""
Why visit each Tensor only once? Here is a function that does not look where it has been, and counts its visits.

**Predict, then run.** `h = h + h` doubles a number, twelve times in a row. How many Tensors are there, and how many
visits?
"""

# %%
def visits(tensor):
    return 1 + sum(visits(source) for source in tensor._inputs)

h = Tensor(0.5)
for _ in range(12):
    h = h + h
print(len(topological_order(h)), visits(h))

# %% tags=["figure"]
def visits_and_tensors(most=14):
    h, once, every_path = Tensor(0.5), [], []
    for _ in range(most + 1):
        once.append(len(topological_order(h)))
        every_path.append(visits(h))
        h = h + h
    figure, ax = axes(width=6.5, height=3)
    ax.semilogy(every_path, marker="o", label="visits, going down every path")
    ax.semilogy(once, marker="s", label="Tensors in your list")
    ax.set(xlabel="number of doublings", ylabel="count")
    ax.legend()
    text = (
        f"After {most} doublings there are {once[-1]} Tensors and {every_path[-1]} visits. On the "
        "logarithmic axis the visits lie on a straight line: they double each time."
    )
    return described(figure, "Visits along every path, and Tensors", text)


visits_and_tensors()

# %% [markdown]
r"""
(Each line across is ten times the one below it.) Twelve doublings make 13 Tensors. A doubling has two ways down, so it
is visited once, and all that is below it twice: 1, 3, 7, 15, …, 8191. After thirty, there are 31 Tensors and
more than two thousand million visits.

## The ledger

Now the way back, through your list from its end. The start: when `f` is nudged, `f` moves by the nudge, so its
gradient is 1. Then every Tensor, when its turn comes, **reports**: its rule gets what has arrived at it, and
returns what goes to its inputs.

Until somebody's turn comes, what was reported to it is kept in a **ledger**: a dictionary with Tensors as keys, told
apart as objects once more, and Tensors as values. `ledger[d]` is what has been found *so far* of the gradient of `d`.

**Predict, then look.** Take a pencil and go through the list `a, b, d, c, e, f` from its end. In each row, what is
new in the ledger?

| frame | whose turn | what is new |
|---|---|---|
| 1 | nobody: the start | `f`: 1 |
| 2 | `f` | `e`: 15, `d`: 11 |
| 3 | `e` | `d`: ?, `c`: ? |
| 4 | `c` | ? |
| 5 | `d` | `a`: ?, `b`: ? |
| 6 | `b`, then `a` | ? |
"""

# %% tags=["figure"]
def ledger_in_six_frames():
    frames = {
        "1 · start": ["1", "none", "none", "none", "none", "none"],
        "2 · f": ["1", "15", "11", "none", "none", "none"],
        "3 · e": ["1", "15", "11 + 15 = 26", "15", "none", "none"],
        "4 · c": ["1", "15", "26", "15", "none", "none"],
        "5 · d": ["1", "15", "26", "15", "5 · 26 = 130", "3 · 26 = 78"],
        "6 · b, a": ["1", "15", "26", "15", "130", "78"],
    }
    boxes = {"entry": (0, 0, "\n".join(["entry of", *"fedcab"]))}
    middles = (110, 208, 314, 420, 524, 640)
    for middle, (title, entries) in zip(middles, frames.items(), strict=True):
        boxes[title] = (middle, 0, "\n".join([title, *entries]))
    found = "; ".join(f"{title}: {', '.join(entries)}" for title, entries in frames.items())
    text = f"The entries of f, e, d, c, a, b. {found}"
    return diagram("The ledger in six frames", text, boxes)


ledger_in_six_frames()

# %% [markdown]
r"""
(`c`, `b` and `a` have no inputs to report to.) Frame 3 is the heart of it: `d` had 11, got 15, and now has the
**sum**. If the later report overwrote the earlier one, 75 would arrive at `a`: one path is counted, the other one
lost.

## Three traps

The first two give right numbers for a while.

**A sum is something new.** Look at what the rule of `+` sends to its two inputs:
"""

# %%
s = Tensor(3.0) + Tensor(4.0)
to_left, to_right = s._op.backward(Tensor(5.0), s)
print(to_left is to_right)

# %% [markdown]
r"""
It is one object, and two entries of the ledger may hold it. Whoever changes its array **in place**, as `t.data += …`
does, changes both. So leave what is in the ledger as it is, and put something new there: `+` of Tensors makes
something new, and so does `+=`. For the same reason `.grad` needs an array of its own.

**A ledger is not `.grad`.** `.grad` belongs to those who call `backward`, and there the results of several calls add
up. When `f.backward()` is called a second time, `e.grad` says 15 before it begins. If reports went there, then even
with a fresh 1 at `f`, `e` would find 30 and pass on the first call once more: `d.grad` would end at 26 + 11 + 30 = 67,
where twice 26 is right. So
each call begins with an empty ledger, and `.grad` gets what the ledger says.

**Constants want nothing.** In `d * 7`, the operation wrapped the 7. Its rule may return None for it, or a gradient
that nobody asked for. The input itself knows: `requires_grad`.

## Two things to settle

**The start.** If `f` has several elements, we mean the gradient of their **sum**. A nudge of one element moves the
sum by just as much, so the ledger begins with ones in the shape of `f`. `np.ones_like(array)` makes them, as an
array; rules want Tensors. Or the caller says what arrives at `f`, in the argument `grad`: a weight for each element,
like the `v` of lesson 02.

**What a rule returns.** A tuple of Tensors; or, if there is one input, a Tensor by itself. `isinstance(x, tuple)` tells
them apart.

Some Python you may want: `reversed(xs)` goes through a list from its end, `zip(xs, ys)` through two of them in
pairs, and `raise ValueError("why")` ends with an error.

### 8.2 backward

*9 points · 45 minutes · difficulty 5 of 5*

In the graph above, with $\bar d$ for the gradient of `d`:

$$\bar d = \underbrace{11}_{\text{from } f} + \underbrace{15}_{\text{from } e} = 26, \qquad \bar a = 5 \cdot \bar d .$$

| | what `t.backward(grad)` does |
|---|---|
| `t` requires no gradient | raises a `RuntimeError` with a message |
| `grad` is None | begins with ones |
| `grad` is a number, list, array or Tensor | begins with it; if its shape is not exactly that of `t`, raises a `ValueError` with a message |
| whatever requires a gradient, results too | `.grad` becomes an array of its own, in the dtype of its Tensor; what was there before is added |
| constants | keep None |

`Tensor(x, dtype=…)` takes all four kinds of `grad`; the dtype is that of `t`.

This is a function outside of any class. The line below it, `Tensor.backward = backward`, makes it a method of *all*
Tensors, also of those that operations make.
"""

# %% tags=["solution:backward"]
#| export
def backward(self, grad=None):
    """Add the gradients of sum(grad * self) to .grad of every Tensor that self was made from.

    grad: None, which means ones, or a number, list, ndarray or Tensor of self's shape.
    Raises RuntimeError if self requires no gradient, ValueError if grad has another shape.
    With f = e * d, e = d + c, d = a * b and a, b, c = 3, 5, -4, it sets d.grad to 26.
    Returns None.
    """
    ### BEGIN SOLUTION
    if not self.requires_grad:
        raise RuntimeError("backward: this Tensor requires no gradient.")
    start = Tensor(np.ones_like(self.data) if grad is None else grad, dtype=self.dtype)
    if start.shape != self.shape:
        raise ValueError(f"backward: grad has shape {start.shape}, the Tensor {self.shape}.")
    ledger = {self: start}
    for node in reversed(topological_order(self)):
        if node in ledger and node._op is not None:
            grads = node._op.backward(ledger[node], node)
            grads = grads if isinstance(grads, tuple) else (grads,)
            for t, g in zip(node._inputs, grads, strict=True):
                if t.requires_grad:
                    ledger[t] = ledger[t] + g if t in ledger else g
    for t, g in ledger.items():
        t.grad = np.array(g.data if t.grad is None else t.grad + g.data, dtype=t.dtype)
    ### END SOLUTION


Tensor.backward = backward

# %% tags=["check:backward:9"]
check("08_backward/backward", backward)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Do with the computer what you did with the pencil. In each frame one Tensor reads its own entry, asks its rule, and
makes entries for others. Begin with a graph in which nothing is used twice, without `grad`: the check has points for
that. Then add one thing after the other.
</details>
<details><summary>Hint 2: the pieces</summary>

Four blocks: refuse what cannot be done · make the start and look at its shape · the walk · the `.grad`s. You may write
those when the walk is over, for everything that is in the ledger by then. In the walk, leaves and constants have
nothing to report: their `_op` is None. To constants nobody reports either, so they have no entry.
</details>
<details><summary>Hint 3: nearly there</summary>

The walk: Tensors without an entry or without an operation are passed over. How a rule is called, the first cell of
this lesson shows; there, 1 had arrived. If the answer is no tuple, make it one, and go through inputs and answers in
pairs. For an input that wants a gradient there are two cases: has somebody reported to it before, or not? For `.grad`:
`np.array(…, dtype=…)` always makes a copy.
</details>
"""

# %% [markdown]
r"""
The red numbers are what *your* `backward` has put into `.grad`. Compare `d` with frame 3:
"""

# %% tags=["figure"]
def after_backward(a, b, c):
    d = a * b
    e = d + c
    f = e * d
    f.backward()
    return draw(f, a=a, b=b, c=c, d=d, e=e, f=f)


after_backward(Tensor(3.0), Tensor(5.0), Tensor(-4.0))

# %% [markdown]
r"""
**Predict, then run.** What does `x.grad` say after the first call below? And after the second?
"""

# %%
x = Tensor(3.0)
y = x * x + 7 * x
y.backward()
print(x.grad)
y.backward()
print(x.grad)

# %% [markdown]
r"""
Two paths through the product bring 3 each, and the third one brings 7: together 13, which is $2x + 7$ at 3. The second
call adds another 13.

And this is what it is all for. A line `w * x` should go through three points. The gradient says in which direction the
error grows, so we take a small step in the other one, ten times:
"""

# %%
xs, ys = np.array([1.5, -2.0, 4.0]), np.array([4.5, -6.0, 12.0])
w = Tensor(0.5)
for _ in range(10):
    loss = ((w * xs - ys) ** 2).sum()
    w.grad = None
    loss.backward()
    w.data -= 0.02 * w.grad
print(w.data, loss.data)

# %% [markdown]
r"""
The points lie on a line of slope 3, and `w` has found it. (`w.data -= …` changes an array in place; here nobody else
holds it.) Take `w.grad = None` away and run the cell again: each step goes by the sum of all gradients so far, and `w`
swings to and fro around 3.

## What you have now

| name | what it does | gradient rule |
|---|---|---|
| `topological_order(root)` | all that `root` was made from, inputs first, each once | |
| the ledger | what has been found so far, in this call | reports to the same Tensor add up |
| `t.backward()` | gradients of the sum of `t`, added to every `.grad` | begins with ones |
| `t.backward(grad)` | the same for a weighted sum | begins with `grad` |

Operations, their rules, and these two functions: that is a whole autograd library. Is it also right? Lesson 09 puts
that question to every operation. And it mends two weaknesses of today's code: very deep graphs, and that the rules,
being made of operations themselves, record a history on the way back that nobody needs.
"""
