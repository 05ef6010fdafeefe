# %% [markdown]
r"""
# 06 · Broadcasting

*8 points · about 50 minutes*

**After this you can**

- predict what shape two arrays have together, and when NumPy refuses;
- lead a gradient back to the shape of its Tensor, whatever NumPy did to that Tensor unasked;
- tell how the wrong shape of a gradient can stay silent for a long time.

**You need** the rules of `+ - * / **` from lessons 03 and 04, and `summation` and `reshape` from lesson 05. They come
finished from `babygrad`, so nothing here depends on your earlier answers.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from babygrad import Function, Tensor, log, numeric_gradient, reshape, summation
from babygrad.diagram import diagram
from babygrad.graph import draw
from babygrad.tiles import tiles

# %% [markdown]
r"""
## Shapes from the right

Five rows of three numbers make an array of shape (5, 3): a **batch** of five examples. To every row we add the same three
numbers, a **bias** of shape (3,):
"""

# %%
batch = np.arange(15.0).reshape(5, 3)
bias = np.array([0.5, -1.5, 2.5])
print(batch.shape, bias.shape, (batch + bias).shape)

# %% [markdown]
r"""
(`np.arange(15.0)` counts from 0 to 14.) Nobody asked NumPy to repeat the bias. It did so because the shapes differ, and
that is called **broadcasting**. The rule has three steps:

1. Write the shapes below each other, **lined up from the right**.
2. Where the shorter one has no size, put a 1.
3. In each column, equal sizes stay, and a 1 is stretched to the other size. In any other case NumPy refuses.

Here is one pair that fits, and one that does not:
"""

# %% tags=["figure"]
def lined_up():
    fits = "first|(5,_1,_3) 5 1_→_4 3", "second|(4,_3) 1_→_5|added 4 3", "result|(5,_4,_3) 5 4 3"
    refused = "first|(5,_3,_6) 5 3|not_1 6", "second|(4,_6) 1|added 4|not_1 6", "refused _ 3_or_4?"
    boxes = {}
    for left, lines in ((0, fits), (470, refused)):
        for y, line in zip((0, 58, 128), lines, strict=True):
            for x, text in zip((0, 110, 195, 270), line.split(), strict=False):
                text = text.replace("_", " ").replace("|", "\n").strip()
                if text:
                    boxes[f"{left + x}, {y}"] = (left + x, y, text)
    return diagram(
        "Two pairs of shapes, lined up from the right",
        "Left: below the first shape, (5, 1, 3), stands the second, (4, 3), a 1 added in front. "
        "The added 1 is stretched to 5, the 1 above the 4 to 4, and the two 3 stay: the result is "
        "(5, 4, 3). Right: below (5, 3, 6) stands (4, 6), with a 1 added in front. In the middle "
        "column a 4 stands below a 3, and neither is 1: refused.",
        boxes,
    )


lined_up()

# %% [markdown]
r"""
### 6.1 What will NumPy say?

*2 points · 10 minutes · difficulty 2 of 5*

Predict with pencil and paper, before you run anything. What shape has `x + y`?

| pair | shape of `x` | shape of `y` |
|---|---|---|
| a | (4, 3) | (3,) |
| b | (4, 3) | (4,) |
| c | (4, 1) | (3,) |
| d | (6, 3) | (2, 3) |
| e | (2, 1, 4) | (3, 1) |
| f | (5, 1) | (5,) |

Return a list of your six predictions, in this order: each one a tuple, such as `(5, 4, 3)`, or None where NumPy refuses.
In each half of the table, the check names the first pair that is not right yet.
"""

# %% tags=["solution:predict_shapes"]
def predict_shapes():
    """Your predictions for the pairs a to f.

    Returns a list of six. Each is a tuple of sizes, or None (or "error") where NumPy refuses.
    For the two pairs of the picture it would be [(5, 4, 3), None].
    """
    ### BEGIN SOLUTION
    return [(4, 3), None, (4, 3), None, (2, 3, 4), (5, 5)]
    ### END SOLUTION

# %% tags=["check:predict_shapes:2"]
check("06_broadcasting/predict_shapes", predict_shapes)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Do what the picture does: two lines, the last sizes below each other. Nothing is ever lined up from the left.
</details>
<details><summary>Hint 2: column by column</summary>

A column is one of three things: two equal sizes, a 1 and another size, or two sizes that quarrel. One quarrel is
enough. It does not help if one size is a multiple of the other, or if it would fit into another column.
</details>
<details><summary>Hint 3: nearly there</summary>

Pair e is the hard one: write 2, 1, 4 and below it 1, 3, 1. In every column one of the two is a 1. In pair f, the shorter
shape gets a 1 as well. On which side?
</details>
"""

# %% [markdown]
r"""
## What comes back

Going forward, NumPy does everything. Now to the way back. Here is addition with the rule of lesson 03, which was made for
equal shapes: the upstream gradient goes to both inputs.

**Predict, then run.** Which shape will the gradient of the bias have? And which one should it have?
"""

# %%
class AddAsBefore(Function):
    def forward(self, a, b):
        return a + b

    def backward(self, out_grad, node):
        return out_grad, out_grad

bias_tensor = Tensor(bias)
shifted = AddAsBefore()(Tensor(batch), bias_tensor)
upstream = Tensor(np.arange(10.0, 160.0, 10.0).reshape(5, 3))
for_batch, for_bias = shifted._op.backward(upstream, shifted)
print("bias:", bias_tensor.shape, "  its gradient:", for_bias.shape)

# %% [markdown]
r"""
Three numbers, and fifteen gradients for them. That is wrong, and nothing says so. How long can it go unnoticed?
Training, from lesson 11 on, takes a small step against the gradient and then goes on with the next batch.

**Predict, then run.** The next batch has five rows again, the one after that has four. Which line will complain: the step,
the next batch, or the one after it? (`np.ones` makes an array of ones; what is in the batch does not matter here.)
"""

# %%
bias_tensor.data = bias_tensor.data - 0.01 * for_bias.data
print("after the step:", bias_tensor.shape)
for rows in (5, 4):
    try:
        shifted = AddAsBefore()(Tensor(np.ones((rows, 3))), bias_tensor)
        print("a batch of", rows, "rows:", shifted.shape)
    except ValueError as error:
        print("a batch of", rows, "rows:", error)

# %% [markdown]
r"""
The step broadcasts, too: out of one bias it quietly makes five, one for each row. The next batch is happy with that. Only
the batch of four rows stops, far away from the mistake, and without such a batch nobody ever learns of it. (Written as
`bias_tensor.data -= …`, the step itself would have stopped: an array cannot grow in place. Which one you get is luck.)

So what is the gradient of the -1.5? It was copied into five rows. Nudge it, and all five copies move, each with an upstream
gradient of its own: 20, 50, 80, 110 and 140. The loss moves by 400 times the nudge. In lesson 05 you repeated an array on
purpose, with `BroadcastTo`, and its gradient was the **sum over the copies**. This is the same, only that nobody asked for
the copies.
"""

# %% tags=["figure"]
def out_and_back():
    bias = np.array([0.5, -1.5, 2.5])
    upstream = np.arange(10, 160, 10).reshape(5, 3)
    arrays = {
        "bias": bias,
        "its copies": np.broadcast_to(bias, (5, 3)),
        "upstream gradient": upstream,
        "gradient of the bias": upstream.sum(axis=0),
    }
    return tiles(
        "A bias fans out over a batch, and its gradient flows back",
        "The bias 0.5, -1.5, 2.5 is copied into five rows. The upstream gradient has a number for "
        "each copy. Those of the copies of -1.5 are 20, 50, 80, 110 and 140, and add up to 400. "
        "The gradient of the bias is 350, 400, 450. The dark tiles all belong to the -1.5.",
        arrays,
        between=["fans out", None, "adds up"],
        marked={name: [False, True, False] for name in arrays},
    )


out_and_back()

# %% [markdown]
r"""
One rule follows, and it holds in every graph: **a gradient has the shape of its Tensor.** There is one number for each
number that can be nudged.

The right shape is not enough, though. **Predict, then run.** A batch of *three* rows: now the upstream gradient has shape
(3, 3), and either sum below has the shape of the bias. Which is its gradient? In how many places do the two differ?
"""

# %%
square = np.array([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0], [70.0, 80.0, 90.0]])
print(square.sum(axis=0))
print(square.sum(axis=1))

# %% [markdown]
r"""
The copies lie below each other, one in each row. So the rows have to be added, which is the first line. The other one has
the same shape, agrees in the middle, and is wrong. With five rows it would have had shape (5,), and somebody would have
noticed. Equal sizes hide bugs.

### 6.2 Back to the old shape

*4 points · 20 minutes · difficulty 4 of 5*

Write the function that every operation will call. `grad` has the shape that broadcasting made, `shape` is the one from before.

| `grad` | `shape` | broadcasting had |
|---|---|---|
| (5, 3) | (3,) | put a **new** axis in front |
| (5, 3) | (5, 1) | **stretched** an axis of size 1 |
| (4, 5, 3) | (5, 1) | done both |
| (5, 3) | (5, 3) | done nothing |

Sum over all copies, and let what was a 1 be a 1 again. In the third row of the table, each number of the result is a sum of
$4 \cdot 3 = 12$ numbers. (A size may also be 0, in an empty batch: the sum over no copies is 0.)

Mostly, broadcasting will have done nothing. Then return `grad` itself: no number has to be copied.

`summation(t, axes)` takes a tuple of axes and sums over all of them at once, and over none if the tuple is empty.
`reshape(t, shape)` keeps the elements and changes the shape. Both take a Tensor and return one.
"""

# %% tags=["solution:unbroadcast"]
#| export
def unbroadcast(grad, shape):
    """The gradient for a Tensor that was broadcast from `shape`: the sum over its copies.

    grad: Tensor; it stays as it is. shape: tuple, which broadcasts to the shape of grad.
    Returns a Tensor of exactly this shape, with the dtype of grad.
    For [[10, 20, 30], [40, 50, 60]] and shape (2, 1) it has the data [[60], [150]].
    """
    ### BEGIN SOLUTION
    if grad.shape == shape:
        return grad
    new = len(grad.shape) - len(shape)
    stretched = [new + axis for axis, size in enumerate(shape) if size == 1]
    total = summation(grad, (*range(new), *stretched))
    return reshape(total, shape)
    ### END SOLUTION

# %% tags=["check:unbroadcast:4"]
check("06_broadcasting/unbroadcast", unbroadcast)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Write `shape` below the shape of `grad`, lined up from the right, as in 6.1. Two kinds of axes of `grad` hold copies: those with
nothing below them, and those with a 1 below them. Collect the numbers of these axes, then sum once.
</details>
<details><summary>Hint 2: the pieces</summary>

How many axes are new? The lengths of the two shapes tell. The new ones are the first, so `range` lists them. For the others
go through `shape` with `enumerate`, and mind that axis 0 of `shape` is not axis 0 of `grad` if new axes stand in front of it. If
a 1 was not stretched, there is one copy, and the sum over one copy does no harm.
</details>
<details><summary>Hint 3: nearly there</summary>

For `grad` of shape (4, 5, 3) and `shape` (5, 1): one axis is new, number 0. The 1 is axis 1 of `shape`, which is axis 2 of
`grad`. After the sum over 0 and 2, the shape is (5,). All numbers are right by now, and one step is left that touches none of them.
</details>
"""

# %% [markdown]
r"""
On the left one `grad` of shape (2, 3, 4): axis 0 is drawn as two layers, one below the other. Next to it stands what *your*
function makes of this same `grad` for three shapes. Its dark tiles add up to the dark tile on the right, 100. Which two tiles of
`grad` add up to the 28?
"""

# %% tags=["figure"]
def led_back():
    upstream = np.arange(1, 25).reshape(2, 3, 4)
    arrays = {"grad": upstream}
    for shape in ((3, 4), (4,), (3, 1)):
        arrays[f"grad to {shape}"] = unbroadcast(Tensor(upstream), shape).data
    second_row = [[False], [True], [False]]
    return tiles(
        "A gradient led back to three shapes",
        "\n".join(f"{name}: {array.tolist()}" for name, array in arrays.items()),
        arrays,
        marked={"grad": second_row, "grad to (3, 1)": second_row},
    )


led_back()

# %% [markdown]
r"""
The 28 is 8 + 20, from the same place in both layers: axis 0 was new.

## Into the operations

### 6.3 Sum, difference, product

*1 point · 10 minutes · difficulty 2 of 5*

The rules of lessons 03 and 04 give gradients in the shape of the *output*. Only the last step is missing. When does it come?
Take `c = a * b` with `a = 3` and `b = [4, 7]`, and the upstream gradient `[10, 100]`. The 3 has two copies. One is multiplied
by 4, the other by 7, so they have different slopes. The gradient of `a` is

$$10 \cdot 4 + 100 \cdot 7 = 740 .$$

First upstream times local, copy by copy; then the sum. And either input may be the one that was broadcast, or both.

`forward` is as before. Write `backward` for all three. Where an input requires no gradient, you may return None or a
gradient, as you like. The checks of 6.3 and 6.4 use a finished `unbroadcast`, so a fault in yours costs nothing here; the cells
after 6.4 use yours.
"""

# %% tags=["solution:add_sub_mul"]
#| export
class Add(Function):
    """a + b, broadcast."""

    def forward(self, a, b):
        """a, b: ndarrays whose shapes fit. Returns their sum, an ndarray."""
        return a + b

    def backward(self, out_grad, node):
        """The gradients of the loss with respect to both inputs.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a tuple of two Tensors, each with the shape of its input.
        """
        ### BEGIN SOLUTION
        a, b = node._inputs
        return unbroadcast(out_grad, a.shape), unbroadcast(out_grad, b.shape)
        ### END SOLUTION


class Sub(Function):
    """a - b, broadcast."""

    def forward(self, a, b):
        """a, b: ndarrays whose shapes fit. Returns their difference, an ndarray."""
        return a - b

    def backward(self, out_grad, node):
        """As for Add: two Tensors, each with the shape of its input."""
        ### BEGIN SOLUTION
        a, b = node._inputs
        return unbroadcast(out_grad, a.shape), unbroadcast(-out_grad, b.shape)
        ### END SOLUTION


class Mul(Function):
    """a * b, broadcast."""

    def forward(self, a, b):
        """a, b: ndarrays whose shapes fit. Returns their product, an ndarray."""
        return a * b

    def backward(self, out_grad, node):
        """As for Add. With a = 3, b = [4, 7] and out_grad = [10, 100] the first is 740."""
        ### BEGIN SOLUTION
        a, b = node._inputs
        return unbroadcast(out_grad * b, a.shape), unbroadcast(out_grad * a, b.shape)
        ### END SOLUTION

# %% tags=["check:add_sub_mul:1"]
check("06_broadcasting/Add, Sub, Mul", Add, Sub, Mul)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Start from the rules that you know: a sum passes the upstream gradient on, a difference changes one sign, a product multiplies
by the other input. What they give has the shape of `out_grad`. Which shape should each of the two have?
</details>
<details><summary>Hint 2: the pieces</summary>

The shapes from before are those of the two inputs, and the inputs are in `node._inputs`. There are two gradients, so there are
two calls of your function, and each has a shape of its own.
</details>
<details><summary>Hint 3: nearly there</summary>

Take the two inputs out of `node._inputs`. What the old rule returned is not ready yet: neither of the two gradients may leave
before it has gone through your function. For `Mul`, the example of the 740 says what comes first, the product or the sum.
</details>
"""

# %% [markdown]
r"""
### 6.4 Quotient and power

*1 point · 10 minutes · difficulty 3 of 5*

The same for the other two. These are their slopes, from lesson 04:

| | for `a` | for `b` |
|---|---|---|
| `c = a / b` | $1 / b$ | $-a / b^2$ |
| `c = a ** b` | $b \cdot a^{b-1}$ | $c \cdot \log a$ |

With `a = 6`, `b = [4, 3]` and the upstream gradient `[8, 30]`, the gradient of `a` in `a / b` is

$$\frac{8}{4} + \frac{30}{3} = 12 .$$

Here $c$ is the output, so it is there already: as `node`. In the stub of `Pow`, $a$ is called `base` and $b$ `exponent`. Two
things from lesson 04 still hold. The exponent $b - 1$ must not become -1 where $b$ is 0, because 0 to the power -1 is infinite;
it is given, as `lowered`. And if the exponent requires no gradient, as in `x ** 2`, no logarithm may be taken, because `x` may
be negative: return the gradient of the base, and None as the second.

`log` takes the logarithm of a Tensor.
"""

# %% tags=["solution:div_pow"]
#| export
class Div(Function):
    """a / b, broadcast."""

    def forward(self, a, b):
        """a, b: ndarrays whose shapes fit. Returns their quotient, an ndarray."""
        return a / b

    def backward(self, out_grad, node):
        """The gradients of the loss with respect to both inputs.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a tuple of two Tensors, each with the shape of its input.
        With a = 6, b = [4, 3] and out_grad = [8, 30] the first is 12.
        """
        ### BEGIN SOLUTION
        a, b = node._inputs
        return unbroadcast(out_grad / b, a.shape), unbroadcast(-out_grad * a / (b * b), b.shape)
        ### END SOLUTION


class Pow(Function):
    """a ** b, broadcast."""

    def forward(self, a, b):
        """a, b: ndarrays whose shapes fit. Returns a to the power of b, an ndarray."""
        return a**b

    def backward(self, out_grad, node):
        """As for Div, but None as the second if the exponent requires no gradient."""
        base, exponent = node._inputs
        zero = Tensor(exponent.data == 0, dtype=exponent.dtype, requires_grad=False)
        lowered = exponent - 1 + zero  # 1 less than the exponent, but 0 where it is 0
        ### BEGIN SOLUTION
        for_base = unbroadcast(out_grad * exponent * base**lowered, base.shape)
        if not exponent.requires_grad:
            return for_base, None
        return for_base, unbroadcast(out_grad * node * log(base), exponent.shape)
        ### END SOLUTION

# %% tags=["check:div_pow:1"]
check("06_broadcasting/Div, Pow", Div, Pow)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Nothing new happens here. Upstream times local, with the slopes of the table, then back to the shape of the input.
</details>
<details><summary>Hint 2: the pieces</summary>

$b^2$ is a product: in Python, `p / q * q` is `p`, so mind the parentheses. In `Pow`, ask `exponent.requires_grad` before you
take the logarithm.
</details>
<details><summary>Hint 3: nearly there</summary>

`Pow` in three steps. The base: upstream, times the exponent, times the base to the power of `lowered`, all of it led back to
the shape of the base. Then an `if`: where nobody wants a gradient for the exponent, return now, the base's gradient and None as
the second. Otherwise the exponent, in the same way as the base, and return both.
</details>
"""

# %% [markdown]
r"""
Your own operations at work: `batch * scale + bias`, where each row has its scale and each column its bias. On the edges stand
the shapes of the gradients that your rules send back, from right to left. Compare each with the shape in the box at the left
end of its edge. (The box of the bias shows its three numbers instead: its shape is (3,).)
"""

# %% tags=["figure"]
def with_gradients():
    scale = Tensor([[0.5], [1.5], [-1.0], [2.0], [0.25]])
    known = {"batch": Tensor(batch), "scale": scale, "bias": Tensor([0.5, -1.5, 2.5])}
    scaled = Mul()(known["batch"], known["scale"])
    result = Add()(scaled, known["bias"])
    result.grad = np.arange(10.0, 160.0, 10.0).reshape(5, 3)
    shapes = {}
    for node in (result, scaled):
        for place, grad in enumerate(node._op.backward(Tensor(node.grad), node)):
            node._inputs[place].grad = grad.data
            shapes[node, place] = f"{grad.shape}"
    return draw(result, edge_labels=shapes, scaled=scaled, result=result, **known)


with_gradients()

# %% [markdown]
r"""
The bias has its 350, 400, 450. The last test is `numeric_gradient` of lesson 02, which nudges every number and
knows nothing of your rules. Here `a` is a column and `b` a row, so both are broadcast. (Why does the cell ask for the shape
first? `np.allclose` says whether two arrays are nearly equal, and it broadcasts as well: it compares shape (4, 3) with
shape (3,) and says nothing.)
"""

# %%
rng = np.random.default_rng(6)
a, b = Tensor(rng.uniform(1, 3, (4, 1))), Tensor(rng.uniform(1, 3, 3))
out_grad = rng.normal(size=(4, 3))
for operation in (Add, Sub, Mul, Div, Pow):
    node = operation()(a, b)
    gradients = node._op.backward(Tensor(out_grad), node)
    nudged = numeric_gradient(operation().forward, [a.data, b.data], out_grad)
    for gradient, right in zip(gradients, nudged, strict=True):
        same = gradient.shape == right.shape and np.allclose(gradient.data, right)
        print(operation.__name__, gradient.shape, same)

# %% [markdown]
r"""
## What you have now

| name | what it does | gradient rule |
|---|---|---|
| `unbroadcast(grad, shape)` | leads a gradient back to the shape from before | sum over new axes and stretched ones |
| `Add`, `Sub`, `Mul`, `Div`, `Pow` | as before, for all shapes that fit | upstream times local, then `unbroadcast`, for each input |

And three habits. A gradient has the shape of its Tensor: ask. Test with sizes that all differ. And look at shapes before you
subtract: five predictions of shape (5, 1) minus five targets of shape (5,) are 25 differences, and no error says so.

The one operation that mixes numbers across rows and columns is still missing. A weight matrix that is shared by a whole batch is
broadcast, too, and `unbroadcast` will be needed again: lesson 07, matrix products.
"""
