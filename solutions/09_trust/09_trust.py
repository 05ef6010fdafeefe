# %% [markdown]
r"""
# 09 · Can you trust it?

*8 points · about 130 minutes*

**After this you can**

- check any gradient rule against nudging, so that a wrong one cannot hide;
- find faults in an engine that trains without complaint, by choosing what to try;
- walk a graph of any depth, and switch recording off where nobody wants a history.

**You need** nudging from lesson 02, rules and the backward pass from lessons 03 to 08. All of it comes finished from
`babygrad`. The cells after an exercise show your own answer, but no exercise that gives points needs the answer to another.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from autograder.broken_engines import OPERATIONS, engine, finished_gradcheck
from babygrad import Function, Tensor, numeric_gradient, sigmoid
from babygrad.graph import draw
from babygrad.plot import axes, described

# %% [markdown]
r"""
## Two answers to one question

A friend in a hurry has written an operation for you. It is called swish, and computes `x * sigmoid(x)`:
"""

# %%
class Swish(Function):
    def forward(self, x):
        return x / (1 + np.exp(-x))

    def backward(self, out_grad, node):
        (x,) = node._inputs
        return out_grad * sigmoid(x)

def swish(x):
    return Swish()(x)

x = Tensor(np.array([1.5, -0.5]))
swish(x).backward(np.array([5.0, -3.0]))
print("backward", x.grad)

# %% [markdown]
r"""
Nothing complains. But there is a second way to the same numbers, slow but without any rule that could be wrong: nudge. You wrote
`numeric_gradient(f, xs, v)` in lesson 02. It takes a function from arrays to an array, a list of arrays, and weights
`v`, which have the shape of the result. It returns the gradients of `sum(v * f(*xs))`, one array for each of `xs`.
"""

# %%
def swish_of_array(array):
    return swish(Tensor(array)).data

print("nudging ", numeric_gradient(swish_of_array, [x.data], np.array([5.0, -3.0]))[0])

# %% [markdown]
r"""
They differ: your friend forgot that `x` also moves the sigmoid. Two independent ways to one number, and a comparison: that
is all there is to **gradcheck**, and every serious library has one.

The weights `v` matter, and you have met them under another name. An upstream gradient is nothing but a list of
weights: `out.backward(v)` gives the gradients of `sum(v * out)`. With ones for `v`, whatever moves elements to
wrong places goes unseen, as lesson 02 showed. Rules can look at the upstream gradient in other ways, too.
`out_grad * (out_grad > 0)` is wrong, and right as long as all weights are positive. So weights should be random, and of
**both signs**. `np.random.default_rng(0).normal(size=shape)` makes such numbers, the same on every run.

### 9.1 gradcheck

*3 points · 20 minutes · difficulty 3 of 5*

When do two numbers agree? Nudging errs a little, in proportion to what it measures; around zero, there has to be some
room as well:

$$|\text{backward} - \text{nudging}| \;\le\; 10^{-7} + 10^{-5} \cdot |\text{nudging}| .$$

If nudging says 5.9, then backward may be off by 0.0000591. `Swish`, at 1.5, was off by much more.

Compare every element of every input. If one disagrees, raise an `AssertionError` whose message says
which input it is, counted from 0, which index, and both numbers: whoever reads it should know where to look.

Three things to be careful about. Both ways have to compute in float64, and `Tensor([1.5])` would not. The caller's
`xs` stay as they are, so work on Tensors of your own. And an input that `f` does not use has a `.grad` of None
afterwards, which means zeros.
"""

# %% tags=["solution:gradcheck"]
#| export
def gradcheck(f, *xs):
    """Whether backward agrees with nudging for f at xs.

    f: takes Tensors, as many as there are xs, and returns one Tensor of any shape.
    xs: arrays, lists or Tensors, of any shape.
    Returns True. Raises AssertionError where they do not agree, for example:
    "input 1, index (2, 0): backward gives 3.21, nudging gives 1.07".
    """
    ### BEGIN SOLUTION
    tensors = [Tensor(x, dtype=np.float64) for x in xs]
    out = f(*tensors)
    v = np.random.default_rng(0).normal(size=out.shape)
    out.backward(v)
    arrays = [tensor.data for tensor in tensors]
    nudged = numeric_gradient(lambda *arrays: f(*map(Tensor, arrays)).data, arrays, v)
    for place, right in enumerate(nudged):
        found = tensors[place].grad
        found = np.zeros_like(right) if found is None else found
        agrees = np.abs(found - right) <= 1e-7 + 1e-5 * np.abs(right)
        for index in map(tuple, np.argwhere(~agrees).tolist()):
            both = f"backward gives {found[index]:.6g}, nudging gives {right[index]:.6g}"
            raise AssertionError(f"input {place}, index {index}: {both}")
    return True
    ### END SOLUTION

# %% tags=["check:gradcheck:3"]
check("09_trust/gradcheck", gradcheck)

# %% [markdown]
r"""
<details><summary>Hint 1: the order of things</summary>

Make float64 Tensors. Apply `f`, and now you know the shape that `v` must have. Go backwards with `v`. Nudge, with the
same `v`. Compare input by input.
</details>
<details><summary>Hint 2: the pieces</summary>

`numeric_gradient` wants a function of *arrays*, and `f` is one of *Tensors*: write a small one around it, like
`swish_of_array` above, for any number of arrays. `Tensor(x, dtype=…)` copies, whatever `x` is. An input that
nothing arrived at has the gradient `np.zeros_like(…)`.
</details>
<details><summary>Hint 3: nearly there</summary>

For each input make a mask of the elements that **agree**, as in the formula. (A mask of those that are too far off would
miss nan, because every comparison with nan is False.) `np.argwhere(~mask).tolist()` lists the indices of the rest; an
index has to be a tuple to be used on an array. `raise AssertionError(f"…")` with the first of them.
</details>
"""

# %% [markdown]
r"""
Does your gradcheck see what your friend forgot? The second class has the missing term. (`verdict` is for you to use below: it
shows the message instead of stopping the cell.)
"""

# %%
class MendedSwish(Swish):
    def backward(self, out_grad, node):
        (x,) = node._inputs
        s = sigmoid(x)
        return out_grad * (s + node * (1 - s))

def mended_swish(x):
    return MendedSwish()(x)

def verdict(f, *xs, by=None):
    try:
        return "passes" if (by or gradcheck)(f, *xs) is True else "returned something else"
    except NotImplementedError:
        return f"{verdict(f, *xs, by=finished_gradcheck)} (finished gradcheck)"
    except (AssertionError, ValueError, TypeError) as error:
        return f"{error}"

points = np.array([0.9, 1.2, -1.0, -1.3, 1.5, 1.8, -1.6, -1.9, 2.1, 2.4, -2.2, -2.5])
print("swish:", verdict(swish, points))
print("mended_swish:", verdict(mended_swish, points))

# %% [markdown]
r"""
Here is the same comparison as a picture. Each dot is one element: to the right what nudging says, upwards what
backward says. Where they agree, the dot lies on the line. All of your friend's are off it.
"""

# %% tags=["figure"]
def agreement(functions):
    figure, panels = axes(columns=2, height=3.1)
    off = []

    def both(f):
        x = Tensor(points)
        v = np.linspace(1, 2, len(points)) * np.resize([1, -1], len(points))
        f(x).backward(v)
        return x.grad, numeric_gradient(lambda array: f(Tensor(array)).data, [points], v)[0]

    for panel, f in enumerate(functions):
        backward, nudging = both(f)
        ends, panel = [nudging.min(), nudging.max()], panels[panel]
        panel.plot(ends, ends, color="#57606a", linewidth=1, linestyle="-")
        panel.plot(nudging, backward, "o", color="#0b4f8a", markersize=5)
        panel.set(title=f.__name__, xlabel="nudging", ylabel="backward")
        off.append(f"{f.__name__} {np.sum(~np.isclose(backward, nudging))}")
    text = f"Dots off the line of agreement, of {len(points)}: {', '.join(off)}."
    return described(figure, "Backward against nudging", text)


agreement([swish, mended_swish])

# %% [markdown]
r"""
One limit remains. At a kink, nudging looks at both sides at once and reports the mean of two slopes: 0.5 for `relu` at
0, where the rule says 0. Neither is at fault. Choose points away from kinks.

## Training is no check

"But it trains" is what people say of an engine that nobody has checked. Let us see. `engine(1)` to `engine(8)` are eight
engines made from babygrad, and **each of them has exactly one fault**. `engine(0)` has none. An engine offers operations as
functions, `e.mul(a, b)`, and its own class `e.Tensor`. Results have the engine's operators and its `backward`.

The next cell trains a small network: two layers, a shortcut around the second, and a transpose.
"""

# %%
def train(e, steps=45, rate=0.1):
    rng = np.random.default_rng(5)
    data = rng.normal(size=(3, 16, 2))
    target = data[..., :1] * 0.8 - np.abs(data[..., 1:])
    sizes = [(2, 8), (8,), (8, 8), (1, 8)]
    weights = [e.Tensor(0.4 * rng.normal(size=size)) for size in sizes]
    w1, b1, w2, w3 = weights
    losses = []
    for _ in range(steps):
        h = e.tanh(e.matmul(data, w1) + b1)
        h = h + e.relu(h @ w2)
        loss = ((h @ e.transpose(w3) - target) ** 2).mean()
        loss.backward()
        for w in weights:
            w.data -= rate * w.grad
            w.grad = None
        losses.append(loss.item())
    return losses

print(f"the loss with engine 0: first {train(engine(0))[0]:.3f}, last {train(engine(0))[-1]:.3f}")

# %% [markdown]
r"""
**Predict, then run.** The network uses every one of the broken parts, 45 times over. Of the eight broken engines, how many
will bring the loss down to a tenth? And how many will end *lower* than the right one?
"""

# %% tags=["figure"]
def loss_curves():
    figure, panels = axes(columns=4, rows=2, width=9.4, height=4)
    right, said = train(engine(0)), []
    for number, panel in enumerate(panels.flat, start=1):
        losses = train(engine(number))
        panel.plot(right, color="#8a949e", linestyle="--", label="right")
        panel.plot(losses, color="#0b4f8a", linestyle="-", linewidth=1.5, label="broken")
        panel.set(title=f"engine {number}: {losses[-1]:.3f}", yscale="log", ylim=(0.01, 2))
        panel.label_outer()
        said.append(f"engine {number} {losses[-1]:.3f}")
    figure.supxlabel("step", fontsize=10)
    figure.supylabel("loss", fontsize=10)
    panels[0, 0].legend(loc="upper right", fontsize=8)
    text = (
        f"The loss over 45 steps falls from {right[0]:.2f} with every engine. Last loss: "
        f"right {right[-1]:.3f}, {', '.join(said)}."
    )
    return described(figure, "Eight broken engines in training", text)


loss_curves()

# %% [markdown]
r"""
All eight get there, and three end lower than the right engine. In three panels the two curves are one line: the
broken part is used, but never in the way that brings out its fault. In the other five the steps go in only roughly the
right direction. Descent is patient, and that is enough; the curve will not tell you.

## The hunt

Now you have a gradcheck. A first sweep over all eight engines, with a few operations, on two arrays of the same shape:
"""

# %%
rng = np.random.default_rng(1)
x, y = rng.uniform(1, 3, size=(2, 3)), rng.uniform(1, 3, size=(2, 3))
for number in range(1, 9):
    e = engine(number)
    found = [verdict(f, x, y) for f in (e.add, e.sub, e.mul, e.div)]
    found += [verdict(f, x) for f in (e.exp, e.relu, e.summation)]
    print(f"engine {number}:", *found)

# %% [markdown]
r"""
Everything passes. A check sees only what you show it. So the hunt is for **inputs**. Which of these did the sweep leave out?

- numbers: both signs, near zero and far from it;
- shapes: operands of different shapes, three axes, batches, none of the sizes equal;
- settings: every axis, every order of axes, exponents of all kinds;
- the graph: operations one after the other, one tensor used in two places.

An operation with settings goes into a lambda, and so does a composition: `lambda x: e.transpose(x, (1, 0))`. What the
lambda gets are Tensors of babygrad, not of the engine. So write `e.mul(x, x)`: `x * x` would be babygrad's own
multiplication, and pass.

`e.pow(x, 3)`, `e.reshape(x, shape)`, `e.transpose(x, axes)`, `e.summation(x, axes, keepdims)` and
`e.broadcast_to(x, shape)` have settings; the other operations take one Tensor or two. `verdict` asks your gradcheck; a
finished one steps in while yours is a stub, or if you write `verdict(f, x, by=finished_gradcheck)`.

What is wrong is one of these each time; four of the twelve fit no engine:

| | |
|---|---|
| `"a"` | the mean over copies, where their sum is due |
| `"b"` | each input gets what belongs to the other |
| `"c"` | where the function is flat, a slope of 1 is used |
| `"d"` | it goes forth a second time instead of back |
| `"e"` | it is right for second powers only |
| `"f"` | the upstream gradient is left out |
| `"g"` | what an earlier call left behind is sent on again |
| `"h"` | a gradient has the wrong sign |
| `"i"` | of what arrives on several paths, one is kept |
| `"j"` | the input is used where the result should be |
| `"k"` | one copy is counted, the others are forgotten |
| `"l"` | the gradient comes back with one axis too few |

Seven of the eight can be caught like this. One passes every gradcheck, and yet its gradients are wrong in ordinary
use. Ask yourself what happens *exactly once* in your gradcheck, and need not.
"""

# %%
print(OPERATIONS)
e = engine(1)
print(verdict(lambda x: e.exp(e.sqrt(x)), x))

# %% [markdown]
r"""
### 9.2 The bug hunt

*3 points · 40 minutes · difficulty 3 of 5*

For each engine say **where** the fault is: the name of one of its operations, or `"backward"` if every operation is right
by itself and the walk over the graph is not. And say **what** is wrong there, with a letter from the table above.

Both earn points, names engine by engine, letters two engines at a time. Write `("", "")` where you do not know yet. If the gradients of
engine 9's sigmoid had the wrong sign, its line would be `9: ("sigmoid", "h")`.
"""

# %% tags=["solution:bug_hunt"]
def diagnosis():
    """What is wrong with engines 1 to 8.

    Returns a dictionary from the number of each engine to a tuple of two texts: an operation's name
    or "backward", and a letter, such as {9: ("sigmoid", "h")}.
    """
    ### BEGIN SOLUTION
    return {
        1: ("tanh", "j"),
        2: ("add", "a"),
        3: ("backward", "i"),
        4: ("pow", "e"),
        5: ("transpose", "d"),
        6: ("relu", "c"),
        7: ("backward", "g"),
        8: ("matmul", "k"),
    }
    ### END SOLUTION

# %% tags=["check:bug_hunt:3"]
check("09_trust/bug hunt", diagnosis)

# %% [markdown]
r"""
<details><summary>Hint 1: how to search</summary>

Do not think about one engine at a time. Write one more test, the kind the sweep left out, and run it on all eight in a
loop. Each new kind of input catches one of them.
</details>
<details><summary>Hint 2: which inputs</summary>

Numbers of both signs. A matrix and a vector. A batch of matrices and one matrix. Three axes in a circle. The exponent
3, or 0.5. Every operation at least once. The same tensor on both sides. For the letter, work one small case with a
pencil: what did backward give, what was right, what is the factor between them?
</details>
<details><summary>Hint 3: nearly there</summary>

If a test with one tensor used twice fails, try the same operation on two different ones before you blame it. For
the engine that passes everything: build `z` from an `e.Tensor` with two operations of the engine, call `z.backward()` twice, and
compare `.grad` with what engine 0 does. Two equal passes should have left twice the gradient.
</details>
"""

# %% [markdown]
r"""
Each of the eight needed a test of its own. That is why the tests of a library look so pedantic: odd sizes, both signs,
three axes, everything twice.

**Predict, then run.** One more fault, and this one is the caller's. Between the way forward and the way back, somebody changes an
array in place. What will `p.grad` be: 6, 200, or an error?
"""

# %%
p = Tensor(3.0)
q = p * p
p.data[...] = 100.0
q.backward()
print(q.data, p.grad)

# %% [markdown]
r"""
The value is still that of 3, the gradient is that of 100, and nobody has noticed. The rule of `*` reads its inputs when the gradient
comes back, and trusts that they are what they were. So change data in place only *after* `backward`, as `train` did
above. PyTorch counts the changes that its own operations make in place, and refuses to go back after one. A change
through `.data`, like this one, escapes PyTorch, too.

## Deep graphs

The order of lesson 08 can be found with a function that calls itself. It works until the graph is deep, and graphs do get
deep: a loop of 20 000 steps is one.
"""

# %%
def recursive_order(root):
    found, met = [], set()

    def visit(node):
        if node in met:
            return
        met.add(node)
        for tensor in node._inputs:
            visit(tensor)
        found.append(node)

    visit(root)
    return found

def chain(length):
    tensor = Tensor(1.5)
    for _ in range(length):
        tensor = tensor * 1.0001
    return tensor

print(len(recursive_order(chain(300))))
try:
    recursive_order(chain(20_000))
except RecursionError as error:
    print("RecursionError:", error)

# %% [markdown]
r"""
Every call that waits for another one costs a place on Python's stack, and there are about a thousand. A **list** that you keep
yourself can grow as long as memory lasts: `append` puts something on top, `pop` takes the top off.

### 9.3 Without recursion

*1 point · 20 minutes · difficulty 4 of 5*

Write the order again, with such a list. Each tensor appears once, **after all of its inputs**, so that the last one is the
root.

A function that calls itself remembers two things without being told: which tensors are waiting, and *how far it got with
each*. The first is your list. The second is the trouble. In `f = e * d` with `e = d + c`, you meet `d` from `f` and from `e`. It
must be in the order before `e`, wherever you met it first. So a tensor that comes off the list may be there for one of two
reasons: it has just been met, or all of its inputs are done.

Mind the time, too. For $n$ tensors it should take about $n$ steps. To ask "have I been here?" of a list takes up to
20 000 comparisons, 20 000 times; of a `set`, one. (A Tensor takes no new attributes, so note on the side whom you have met.)
"""

# %% tags=["solution:deep_order"]
#| export
def topological_order(root):
    """Every Tensor that root was made from, and root: each once, and after all of its inputs.

    root: a Tensor. Returns a list of Tensors, of which root is the last; for c = a * b it is
    [a, b, c] or [b, a, c]. No recursion; the time is in proportion to the number of tensors.
    """
    ### BEGIN SOLUTION
    order, entered, waiting = [], set(), [(root, False)]
    while waiting:
        node, inputs_done = waiting.pop()
        if inputs_done:
            order.append(node)
        elif node not in entered:
            entered.add(node)
            waiting.append((node, True))
            waiting.extend((tensor, False) for tensor in node._inputs)
    return order
    ### END SOLUTION

# %% tags=["check:deep_order:1"]
check("09_trust/topological_order", topological_order)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Put notes on the list, not just tensors: the tensor, and the reason why it is there.
</details>
<details><summary>Hint 2: two visits</summary>

A tensor that was just met cannot go into the order yet. Leave a second note for it, to be read when its inputs are
done. The list gives back first what was put on last: so which goes on first, the note or the inputs?
</details>
<details><summary>Hint 3: nearly there</summary>

Begin with one note, for the root. While there are notes: take one. If it says that the inputs are done, the
tensor goes into the order. If not, and the tensor is new, mark it as met and put on both kinds of note. Mark it when you take it
*off*: one that is only waiting might be needed earlier, by someone else.
</details>
"""

# %% [markdown]
r"""
Your order on a graph where one tensor is used on two levels. The name of each tensor is its place in your list, so every arrow must lead
from a smaller number to a larger one.
"""

# %% tags=["figure"]
def numbered(root):
    order = topological_order(root)
    return draw(root, **{str(place): tensor for place, tensor in enumerate(order)})


def two_levels(a, b, c):
    d = a * b
    e = d + c
    return numbered(e * d)


two_levels(Tensor(3.0), Tensor(5.0), Tensor(-4.0))

# %% [markdown]
r"""
## When nobody will ask

A history keeps every array in it alive. While you train, that is the price. When you only want to know what a network says, or
when an optimizer computes new weights from old ones, nobody will ever ask for a gradient. So there is a switch. The frame
below is that of lesson 03, and looks at the switch before it does anything:
"""

# %% tags=["given:recording"]
class Recording:
    """One switch for all operations: whether they remember."""

    on = True


class Frame(Function):
    """A Function that looks at the switch first. Without history, the inputs count as constants."""

    def __call__(self, *inputs):
        if not Recording.on:
            inputs = tuple(tensor.detach() for tensor in inputs)
        return super().__call__(*inputs)


class Times(Frame):
    def forward(self, a, b):
        return a * b

# %% [markdown]
r"""
### 9.4 no_grad

*1 point · 10 minutes · difficulty 2 of 5*

Write `no_grad`, so that nothing is recorded inside

```python
with no_grad():
    z = Times()(x, y)
```

A **context manager** is an object with two methods. `with` calls `__enter__` before the block and `__exit__` after it, also when the
block ends with an error; `__exit__` is then told the error, as three arguments. If it returns something that is true, the error
counts as dealt with and disappears.

Blocks may stand inside each other. When an inner one ends, the outer one still wants the switch off. And after an error, someone may
train on.
"""

# %% tags=["solution:no_grad"]
class no_grad:
    """Within `with no_grad():` Recording.on is False; afterwards it is what it was before."""

    def __enter__(self):
        """Called before the block. Remembers what is needed, and sets the switch."""
        ### BEGIN SOLUTION
        self.before = Recording.on
        Recording.on = False
        ### END SOLUTION

    def __exit__(self, kind, error, trace):
        """Called after the block. kind, error, trace: what stopped it, or None three times."""
        ### BEGIN SOLUTION
        Recording.on = self.before
        ### END SOLUTION

# %% tags=["check:no_grad:1"]
check("09_trust/no_grad", no_grad)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

You have two methods of one object. What the first one knows, the second can know, too.
</details>
<details><summary>Hint 2: nested blocks</summary>

What should the switch be after the inner block? Not always True. It should be what the inner block found when it began.
</details>
<details><summary>Hint 3: nearly there</summary>

In `__enter__`, put the old value on `self`, then set the new one. In `__exit__`, put the old value back. A method that
returns nothing returns None, which is not true: errors go on.
</details>
"""

# %%
left, right = Tensor(4.0), Tensor(7.0)
with no_grad():
    silent = Times()(left, right)
print(silent.requires_grad, silent._inputs, Recording.on)

# %% [markdown]
r"""
`babygrad.no_grad` does the same for all operations of babygrad. Its `backward` runs inside one: the rules are made of Tensor
operations, and without it every gradient would drag a history of its own behind it.

Unless you want that history.

## A gradient of a gradient

If a rule is made of recorded operations, the gradient it returns is a Tensor like any other, with a graph behind it. Go
backwards through *that* graph, and you get the slope of the slope.

### 9.5 Bonus: the second derivative

*0 points · 25 minutes · difficulty 4 of 5*

Write `grad(y, x)`, which returns the gradient of `y` with respect to `x` as a Tensor. It is the backward pass of lesson 08
with two differences: the ledger holds Tensors, and no `.grad` is touched.

For $y = x^4$ at $x = 5$ the first derivative is 500, and

$$\frac{d^2 y}{dx^2} = 12 x^2 = 300 .$$

`node._op.backward(out_grad, node)` may return one Tensor or a tuple. What it returns for an input that requires no gradient may be None. The
upstream gradient of `y` itself is ones, in the shape and dtype of `y`, and a constant.
"""

# %% tags=["solution:second_derivative"]
#| export
def grad(y, x):
    """The gradient of y (of its sum, if it has several elements) with respect to x.

    y: a Tensor. x: one of the Tensors that y was made from. Returns a Tensor with the shape of x,
    recorded, so that it can be differentiated again: 500 for y = x ** 4 at x = 5.
    """
    ### BEGIN SOLUTION
    ledger = {y: Tensor(np.ones_like(y.data), requires_grad=False)}
    for node in reversed(topological_order(y)):
        if node in ledger and node._op is not None:
            grads = node._op.backward(ledger[node], node)
            if not isinstance(grads, tuple):
                grads = (grads,)
            for place, tensor in enumerate(node._inputs):
                if tensor.requires_grad:
                    found = grads[place]
                    ledger[tensor] = ledger[tensor] + found if tensor in ledger else found
    return ledger[x]
    ### END SOLUTION

# %% tags=["check:second_derivative:0"]
check("09_trust/grad", grad)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

A dictionary with Tensors for keys: what has arrived at each so far. Go through the order from the root, so that everything
has arrived when a tensor's turn comes.
</details>
<details><summary>Hint 2: the pieces</summary>

`topological_order` of 9.3, reversed (after `import babygrad`, `babygrad.topological_order` does the same). Skip what nothing has arrived at, what no
operation made, and inputs that require no gradient: for those the answer may be None. Never take `.data` of a gradient:
that is where its history would end.
</details>
<details><summary>Hint 3: nearly there</summary>

Start the ledger with one entry, for `y`. At each tensor that was computed, ask its rule, make a tuple of a single answer, and
go through inputs and answers side by side. Add to what is there with `+`, which is recorded; do not change it in place.
</details>
"""

# %% [markdown]
r"""
This is your gradient of `x ** 4` at 5, drawn as what it is: a computation. It starts from `x` and the constants that
the rule brought along.
"""

# %% tags=["figure"]
def graph_of_a_gradient(x):
    y = x**4
    return draw(grad(y, x), x=x)


graph_of_a_gradient(Tensor(5.0))

# %% tags=["figure"]
def three_curves():
    figure, ax = axes(height=3)
    x = Tensor(np.linspace(-2, 2, 81))
    y = x**4
    slope = grad(y, x)
    curvature = grad(slope, x)
    ax.plot(x.data, y.data, label="y = x ** 4")
    ax.plot(x.data, slope.data, label="grad(y, x)")
    ax.plot(x.data, curvature.data, label="grad(grad(y, x), x)")
    ax.set(xlabel="x", ylim=(-34, 50))
    ax.legend(loc="upper center")
    at = f"At x = 2 they are {y.data[-1]:g}, {slope.data[-1]:g} and {curvature.data[-1]:g}."
    return described(figure, "x ** 4 with its derivatives", f"Three curves from x = -2 to 2. {at}")


three_curves()

# %% [markdown]
r"""
## What you have now

| name | what it does |
|---|---|
| `gradcheck(f, *xs)` | True if backward agrees with nudging, else an error that says where |
| `topological_order(root)` | every tensor after its inputs, at any depth |
| `no_grad()` | a block in which nothing is recorded |
| `grad(y, x)` | a gradient that can be differentiated again |

And a list of inputs that no check should do without: both signs, unequal shapes, three axes, batches, a tensor used
twice, a second call.

That completes the engine. You have built every part of it, and you have reasons to trust it. In lesson 10 it gets
something to do: layers and losses.
"""
