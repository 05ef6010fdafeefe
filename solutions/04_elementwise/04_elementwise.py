# %% [markdown]
r"""
# 04 · Element-wise ops

*18 points · about 110 minutes*

**After this you can**

- find the gradient rule of an operation from a few nudges, and write it in a line or two;
- say of a rule whether it needs the input, the output, or neither;
- handle kinks, overflow and 0 times infinity, where the textbook's formula alone is not enough.

**You need** `Function` and *upstream times local* from lesson 03, and slopes by nudging from lesson 02. Both come
finished from `babygrad`, so nothing here depends on your earlier answers. (Cells that show your operations at work stop
with an error until these are written.)
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from babygrad import Function, Tensor
from babygrad.graph import draw
from babygrad.plot import axes, described

# %% [markdown]
r"""
## One pattern, eleven rules

An operation is **element-wise** if every element of the result comes from the element in the same place of each
input, and from no other. Then a rule for one number is a rule for a whole array: you write it once, and NumPy
applies it everywhere. (In this lesson, two inputs have equal shapes. Unequal ones come in lesson 06.)

Here is the pattern, on an operation that is not among your eleven, together with a function that finds slopes by
nudging.
"""

# %%
class Square(Function):
    def forward(self, x):
        return x * x

    def backward(self, out_grad, node):
        x = node._inputs[0]
        return out_grad * (2 * x)


def slope(f, x, nudge=1e-6):
    return round(float(f(x + nudge) - f(x - nudge)) / (2 * nudge), 5)

x = Tensor(3.0)
y = Square()(x)
print(slope(lambda x: x * x, 3.0))
print(y._op.backward(Tensor(5.0), y))

# %% [markdown]
r"""
At 3 the slope of the square is 6, and with an upstream gradient of 5 the rule returns 30. Four things to notice:

- `node` is the **output**, here 9. What it was made from is in the tuple `node._inputs`, which has one entry here.
- One input, one gradient: return the Tensor by itself. Two inputs: return a tuple of two.
- In `backward` everything is a Tensor. Between Tensors, and beside plain numbers, the signs `+ - * / **` work.
- NumPy's functions, such as `np.exp`, refuse a Tensor; nobody would record what they do. They belong into `forward`, which
  gets arrays.

## Signs and quotients

### 4.1 Minus

*1 point · 5 minutes · difficulty 1 of 5*

Take `y = -x` with `x = 3.5`, so `y = -3.5`. Nudge `x` to 3.51, and `y` moves to -3.51: just as far,
but down. If the upstream gradient is 5, by how many times the nudge does the loss move, and in which direction?
"""

# %% tags=["solution:negate"]
#| export
class Negate(Function):
    """The negative of a tensor, element by element."""

    def forward(self, x):
        """x: ndarray. Returns an ndarray of the same shape and dtype: 3.5 gives -3.5."""
        ### BEGIN SOLUTION
        return -x
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a Tensor with the shape and dtype of x.
        """
        ### BEGIN SOLUTION
        return -out_grad
        ### END SOLUTION

# %% tags=["check:negate:1"]
check("04_elementwise/Negate", Negate)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

The local slope is the same for every `x`. So neither the input nor the output is needed on the way back.
</details>
<details><summary>Hint 2: the pieces</summary>

`forward` changes the sign of an array. `backward` has one number to multiply by, and it does not come from `node`.
</details>
<details><summary>Hint 3: nearly there</summary>

A nudge of 0.01 in `x` is one of -0.01 in `y`, and that moves the loss by -0.05. Divide by the nudge. Python's minus
sign works on arrays and on Tensors.
</details>
"""

# %% [markdown]
r"""
### 4.2 Difference

*1 point · 5 minutes · difficulty 1 of 5*

Now `c = a - b` with `a = 7` and `b = 3`, so `c = 4`. Nudge `a` to 7.01: `c` moves to 4.01. Nudge `b` to 3.01 instead:
`c` moves to 3.99. With an upstream gradient of 5, which two numbers go back?

Return them as a tuple, in the order of the inputs.
"""

# %% tags=["solution:sub"]
#| export
class Sub(Function):
    """The difference of two tensors of equal shape, element by element."""

    def forward(self, a, b):
        """a, b: ndarrays of equal shape. Returns their difference, an ndarray: 7 and 3 give 4."""
        ### BEGIN SOLUTION
        return a - b
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradients of the loss with respect to both inputs.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a tuple of two Tensors, in input order.
        """
        ### BEGIN SOLUTION
        return out_grad, -out_grad
        ### END SOLUTION

# %% tags=["check:sub:1"]
check("04_elementwise/Sub", Sub)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Ask twice. What does a nudge of `a` do to the difference? What does the same nudge of `b` do?
</details>
<details><summary>Hint 2: the pieces</summary>

The two local slopes are equally large and have different signs. Neither depends on `a` or `b`.
</details>
<details><summary>Hint 3: nearly there</summary>

| | local slope | upstream | product |
|---|---|---|---|
| for `a` | ? | 5 | 5 |
| for `b` | ? | 5 | ? |

The row of `b` is 4.1 over again.
</details>
"""

# %% [markdown]
r"""
**Predict, then run.** In `c = a / b`, both slopes depend on the numbers. The first row below has `a = 6` and `b = 4`.
In the second row `a` is doubled, in the third row `b`. The left column nudges `a`, the right one `b`. What will doubling do
to each of the two slopes?
"""

# %%
def quotient_row(a, b):
    for_a, for_b = slope(lambda nudged: nudged / b, a), slope(lambda nudged: a / nudged, b)
    print(f"a = {a:4}   b = {b}   for a: {for_a:8}   for b: {for_b:8}")

quotient_row(6.0, 4.0)
quotient_row(12.0, 4.0)
quotient_row(6.0, 8.0)

# %% [markdown]
r"""
Doubling `a` left the slope for `a` alone, and doubled the one for `b`. Doubling `b` halved the first and *quartered* the
second, as if it had been halved twice. And a larger divisor makes a smaller quotient, hence the minus sign.

### 4.3 Quotient

*2 points · 10 minutes · difficulty 2 of 5*

Find an expression in `a` and `b` for each column: the left one gives 0.25 for 6 and 4, the right one gives -0.375, and
both have to fit the other two rows. With an upstream gradient of 5, the gradient for `a` in the first row is

$$5 \cdot 0.25 = 1.25 .$$
"""

# %% tags=["solution:div"]
#| export
class Div(Function):
    """The quotient of two tensors of equal shape, element by element."""

    def forward(self, a, b):
        """a, b: ndarrays of equal shape. Returns a divided by b, an ndarray: 6 and 4 give 1.5."""
        ### BEGIN SOLUTION
        return a / b
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradients of the loss with respect to both inputs.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a tuple of two Tensors, in input order.
        With a = 6, b = 4 and out_grad = 5 the first is 1.25.
        """
        ### BEGIN SOLUTION
        a, b = node._inputs
        return out_grad / b, -out_grad * a / (b * b)
        ### END SOLUTION

# %% tags=["check:div:2"]
check("04_elementwise/Div", Div)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Dividing by `b` is multiplying by `1 / b`, and you know what a nudge of `a` is multiplied by in a product. For the right
column, start from what doubling did: it tells which number stands above the line, and how often the other stands
below.
</details>
<details><summary>Hint 2: test it</summary>

6, 4 → 0.375 and 12, 4 → 0.75 and 6, 8 → 0.09375. Try your expression on all three, with pencil and paper.
Add the sign at the end.
</details>
<details><summary>Hint 3: nearly there</summary>

| `a = 6`, `b = 4` | local slope | upstream | product |
|---|---|---|---|
| for `a` | 1 / 4 | 5 | 1.25 |
| for `b` | -6 / 16 | 5 | ? |

Where does the 16 come from? Mind Python's order: in `p / q * r`, the `r` stands above the line.
</details>
"""

# %% [markdown]
r"""
## The input or the output

Three functions of one number, each with its value and its slope at a few places. `np.exp(x)` is $e^x$, where $e$ is
2.718…; `np.log` undoes it: the logarithm of `x` is the power to which $e$ has to be raised to get `x`. `np.sqrt` is the
square root.

Look for a pattern in each block. Can you get the slope from `x`? From the value? Which is simpler?
"""

# %%
places = {"log": (0.5, 2.5, 10.0), "exp": (-1.5, 0.5, 3.0), "sqrt": (0.25, 9.0, 25.0)}
for name, xs in places.items():
    f = getattr(np, name)
    for x in xs:
        print(f"{name:4}   x = {x:5}   value = {f(x):8.4f}   slope = {slope(f, x):8.4f}")
    print()

# %% [markdown]
r"""
### 4.4 Logarithm

*1 point · 5 minutes · difficulty 1 of 5*

The first block. At 2.5 the slope is 0.4, so with an upstream gradient of 5, the gradient is $5 \cdot 0.4 = 2$. Which
simple expression gives 0.4 from 2.5, and fits the other two rows?
"""

# %% tags=["solution:log"]
#| export
class Log(Function):
    """The natural logarithm, element by element."""

    def forward(self, x):
        """x: ndarray of positive numbers. Returns their logarithms, an ndarray: 2.5 → 0.9163."""
        ### BEGIN SOLUTION
        return np.log(x)
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a Tensor with the shape of x: with x = 2.5 and out_grad = 5 it is 2.
        """
        ### BEGIN SOLUTION
        (x,) = node._inputs
        return out_grad / x
        ### END SOLUTION

# %% tags=["check:log:1"]
check("04_elementwise/Log", Log)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

0.5 has the slope 2, and 10 has the slope 0.1. What is 0.5 times 2? And 10 times 0.1?
</details>
<details><summary>Hint 2: the pieces</summary>

This rule needs the input. `Square`, at the top of this notebook, shows where it is. The output is not needed.
</details>
<details><summary>Hint 3: nearly there</summary>

First line: take the one input out of the tuple. Second line: 5 and 2.5 give 2. By which of the four kinds of arithmetic?
</details>
"""

# %% [markdown]
r"""
### 4.5 Exponential

*1 point · 5 minutes · difficulty 1 of 5*

The second block. Compare the last two columns, row by row. At 3 a nudge is magnified about 20 times: with an
upstream gradient of 5, about 100 goes back.

`forward` has worked that number out already, and it was kept. So there is nothing to compute a second time.
"""

# %% tags=["solution:exp"]
#| export
class Exp(Function):
    """e to the power of x, element by element."""

    def forward(self, x):
        """x: ndarray. Returns e to these powers, an ndarray: 3 gives 20.09."""
        ### BEGIN SOLUTION
        return np.exp(x)
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a Tensor with the shape of x: with x = 3 and out_grad = 5 it is 100.4.
        """
        ### BEGIN SOLUTION
        return out_grad * node
        ### END SOLUTION

# %% tags=["check:exp:1"]
check("04_elementwise/Exp", Exp)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

In each row of the block, two numbers agree. That is what makes $e$ special.
</details>
<details><summary>Hint 2: the pieces</summary>

What `forward` returned stands in front of you, under one of the three names in the first line of `backward`.
</details>
<details><summary>Hint 3: nearly there</summary>

Upstream times local, and the local slope is the value itself. No `np.exp` is needed, and no `_inputs`.
</details>
"""

# %% [markdown]
r"""
### 4.6 Square root

*1 point · 5 minutes · difficulty 2 of 5*

The third block. Multiply the slope by the value, in each row; then you know how to get one from the other. At 9 the
value is 3 and the slope 0.1667, so with an upstream gradient of 5,

$$5 \cdot 0.1667 = 0.8333 .$$

`forward` is given from here on where it is a single call of NumPy.
"""

# %% tags=["solution:sqrt"]
#| export
class Sqrt(Function):
    """The square root, element by element."""

    def forward(self, x):
        """x: ndarray of positive numbers. Returns their roots, an ndarray: 9 gives 3."""
        return np.sqrt(x)

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a Tensor with the shape of x: with x = 9 and out_grad = 5 it is 0.8333.
        """
        ### BEGIN SOLUTION
        return out_grad / (2 * node)
        ### END SOLUTION

# %% tags=["check:sqrt:1"]
check("04_elementwise/Sqrt", Sqrt)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

0.5 times 1, 3 times 0.1667, 5 times 0.1: the product is the same in each row. So the slope is that product, divided by
something you have.
</details>
<details><summary>Hint 2: the pieces</summary>

The root has been taken already. You need it, the upstream gradient, and one small number.
</details>
<details><summary>Hint 3: nearly there</summary>

At 9: 5 divided by 6 is 0.8333. What is the 6, if the root is 3? And mind Python's order: `p / q * r` is not `p / (q * r)`.
</details>
"""

# %% [markdown]
r"""
Here are your three operations. Above, what your `forward` computes; below, what your `backward` returns for an
upstream gradient of 1. The dots are slopes found by nudging your `forward`, and your curve should run through
them.
"""

# %% tags=["figure"]
def show_rules(title, text, curves, flat=0):
    figure, panels = axes(columns=len(curves), rows=2, width=2.5 * len(curves) + 1, height=4.2)
    if flat:
        panels[1, 1].sharey(panels[1, 0])
    for (name, (op, x)), (above, below) in zip(curves.items(), panels.T, strict=True):
        x = Tensor(x)
        y = op()(x)
        y.backward(np.ones(x.shape))
        few = x.data[::10]
        nudged = (op().forward(few + 1e-6) - op().forward(few - 1e-6)) / 2e-6
        above.plot(x.data, y.data)
        above.set_title(name)
        strip = {"transform": above.get_xaxis_transform(), "color": "#d0d7de"}
        above.fill_between(x.data, 0, 1, where=x.grad < flat, **strip)
        below.axhline(0, color="#57606a", linewidth=0.8)
        below.plot(x.data, x.grad, color="#c2540a")
        below.plot(few, nudged, "o", color="#1b1f24", markersize=4)
        below.set_xlabel("x")
    panels[0, 0].set_ylabel("forward")
    panels[1, 0].set_ylabel("backward")
    return described(figure, title, text)


show_rules(
    "Your log, exp and sqrt, and their slopes",
    "log rises ever more slowly, its slope falls towards 0. exp and its slope are one curve. sqrt "
    "rises ever less steeply. Right curves of slopes run through the slopes found by nudging.",
    {"log": (Log, np.linspace(0.3, 5, 101)), "exp": (Exp, np.linspace(-2, 2, 101)),
     "sqrt": (Sqrt, np.linspace(0.1, 5, 101))},
)

# %% [markdown]
r"""
## Kinks

The next two functions are made of straight pieces. Each piece has a slope, and where two of them meet there is a
**kink**.
"""

# %% tags=["figure"]
def show_kinks():
    figure, panels = axes(columns=2, rows=2, width=7, height=4)
    left, right = np.array([-2.0, 0.0]), np.array([0.0, 2.0])
    for column, (name, falling) in enumerate([("relu", 0.0), ("abs", -1.0)]):
        above, below = panels[:, column]
        above.plot([-2, 0, 2], [-2 * falling, 0, 2], color="#0b4f8a", linestyle="-")
        above.plot(0, 0, "D", color="#1b1f24", markersize=7)
        above.annotate("kink", (0, 0), (-0.2, 0.7), fontsize=10)
        above.set_title(name)
        below.plot(left, [falling, falling], color="#c2540a", linestyle="-")
        below.plot(right, [1, 1], color="#c2540a", linestyle="-")
        below.plot([0, 0], [falling, 1], "o", color="#c2540a", mfc="white", markersize=8)
        below.annotate("?", (0, 0.5), fontsize=13, ha="center", va="center")
        below.set_xlabel("x")
        below.set_ylim(-1.3, 1.3)
    panels[0, 0].set_ylabel("value")
    panels[1, 0].set_ylabel("slope")
    return described(
        figure, "relu and abs, and their slopes",
        "relu is 0 left of 0 and rises with slope 1 right of it. abs falls with slope -1 left of "
        "0 and rises with slope 1 right of it. At 0 both have a kink, marked with a diamond; "
        "there the slope jumps, and what it is at 0 itself is left open.",
    )


show_kinks()

# %% [markdown]
r"""
**Predict, then run.** `relu` is the larger one of `x` and 0. What does nudging say about its slope at the kink, and what about
that of `abs`?
"""

# %%
print(slope(lambda x: max(x, 0.0), 0.0))
print(slope(abs, 0.0))

# %% [markdown]
r"""
Nudging averages the two sides: 0.5 for `relu`, a slope that it has nowhere else. There is no right answer at a
kink, so libraries agree on one. For both functions the **slope at 0 is 0**.

To let a gradient through in some places and not in others, multiply it by a **mask**: an array of True and False, which
count 1 and 0. A comparison of an *array* makes one. Of a Tensor, compare the `data`: `x < 8` would stop with an error, and
`x == 8` silently gives a single False, because it asks whether the two are the same object.
"""

# %%
x = Tensor([4.0, 9.0, 7.0])
print(x.data < 8)
print(Tensor([5.0, 6.0, 3.0]) * (x.data < 8))

# %% [markdown]
r"""
An array beside a Tensor counts as a constant (lesson 03), and that is what a mask is. So there is nothing to wrap.

### 4.7 ReLU

*1 point · 10 minutes · difficulty 2 of 5*

`relu` (*rectified linear unit*) keeps what is positive and turns the rest into 0: from `[-4, 6.5]` it makes `[0, 6.5]`.
With an upstream gradient of `[5, 3]`, the -4 gets 0 back and the 6.5 gets 3. An input of exactly 0 gets 0.

`np.maximum(p, q)` compares two arrays, or an array and a number, and takes the larger one for each element. `np.where(mask, p,
q)` takes elements from `p` where the mask is True, and from `q` elsewhere. Both make a new array; the one that `forward`
is given belongs to somebody else. Minus infinity should become 0 as well. (Infinity times 0 is nan, *not a number*; so is infinity
minus infinity.)
"""

# %% tags=["solution:relu"]
#| export
class ReLU(Function):
    """The positive part, element by element: x where it is positive, else 0."""

    def forward(self, x):
        """x: ndarray. Returns a new ndarray of equal shape and dtype: [-4, 6.5] gives [0, 6.5]."""
        ### BEGIN SOLUTION
        return np.maximum(x, 0)
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x. Where x is 0, the slope is 0.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a Tensor with the shape and dtype of x.
        """
        ### BEGIN SOLUTION
        (x,) = node._inputs
        return out_grad * (x.data > 0)
        ### END SOLUTION

# %% tags=["check:relu:1"]
check("04_elementwise/ReLU", ReLU)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Going forward, it is one of two numbers, whichever is larger. Going back, the gradient either passes unchanged or is
stopped. `x` decides, not the gradient.
</details>
<details><summary>Hint 2: the pieces</summary>

Either of the two NumPy functions above will do for `forward`. For `backward` you need a mask like the one shown, with another
comparison. Which comparison stops the 0?
</details>
<details><summary>Hint 3: nearly there</summary>

Take the input out of the tuple, compare its `data`, and multiply. Python multiplies before it compares, so the comparison
needs parentheses.
</details>
"""

# %% [markdown]
r"""
### 4.8 Absolute value

*1 point · 5 minutes · difficulty 2 of 5*

`abs` has a slope on both sides: -1 for negative inputs, 1 for positive ones, and again 0 at the kink. So from
`x = [-4, 6.5, 0]` and an upstream gradient of `[5, 3, 7]` come `[-5, 3, 0]`. NumPy has a function that gives -1, 0 or 1 for
each element of an array: `np.sign`.
"""

# %% tags=["solution:abs"]
#| export
class Abs(Function):
    """The absolute value, element by element."""

    def forward(self, x):
        """x: ndarray. Returns an ndarray of the same shape and dtype: [-4, 6.5] gives [4, 6.5]."""
        return np.abs(x)

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x. Where x is 0, the slope is 0.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a Tensor with the shape and dtype of x.
        """
        ### BEGIN SOLUTION
        (x,) = node._inputs
        return out_grad * np.sign(x.data)
        ### END SOLUTION

# %% tags=["check:abs:1"]
check("04_elementwise/Abs", Abs)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

It is a mask with three values instead of two.
</details>
<details><summary>Hint 2: the pieces</summary>

Does the output still know on which side of 0 the input was? Decide from that whether you need `node` or what it was made
from.
</details>
<details><summary>Hint 3: nearly there</summary>

`np.sign` takes an array, so give it the `data`. What it returns is an array too, and may be multiplied like a mask.
</details>
"""

# %% [markdown]
r"""
## Flat ends

`sigmoid` squeezes any number into the range from 0 to 1, `tanh` (the *hyperbolic tangent*) into -1 to 1. Both
are used where something is to be switched gradually. Here are their slopes, at places chosen so that the *values* are
round. As with `exp`, the slope can be had from the value.
"""

# %%
def row(name, f, x):
    print(f"{name:8} x = {x:7.4f}   value = {f(x):7.4f}   slope = {slope(f, x):.4f}")

for value in (0.2, 0.5, 0.8, 0.9):
    row("sigmoid", lambda x: 1 / (1 + np.exp(-x)), np.log(value / (1 - value)))
for value in (-0.6, 0.0, 0.6, 0.8):
    row("tanh", np.tanh, np.arctanh(value))

# %% [markdown]
r"""
### 4.9 Sigmoid

*2 points · 20 minutes · difficulty 3 of 5*

The sigmoid can be written in two ways (multiply top and bottom of the first by $e^x$ to get the second):

$$\sigma(x) = \frac{1}{1 + e^{-x}} = \frac{e^{x}}{1 + e^{x}}$$

On paper they are equal. In float32 the largest number is about $3.4 \cdot 10^{38}$, and $e^{89}$ is beyond it: NumPy gives
infinity and a warning. float64 ends near $e^{709}$. (The other end is harmless: `np.exp(-1000)` is 0, without a warning.) So
for `x = -1000` one of the two overflows, and for `x = 1000` the other one. Write a `forward` without any overflow.

If you choose with `np.where(mask, p, q)`, mind that it gets both `p` and `q` **complete**, computed for all elements. Look at
the exponent of each formula on its safe side. With which sign does it stand there, and could *one* exponential serve both?

For `backward`, read the table. A slope of 0.16 belongs to 0.8 and to 0.2, one of 0.09 to 0.9.
"""

# %% tags=["solution:sigmoid"]
#| export
class Sigmoid(Function):
    """The logistic function, between 0 and 1, element by element."""

    def forward(self, x):
        """x: ndarray, of any size and sign. Returns an ndarray of the same shape and dtype.

        No overflow: [-1000, 3, 1000] gives [0, 0.9526, 1], without a warning.
        """
        ### BEGIN SOLUTION
        small = np.exp(-np.abs(x))
        return np.where(x >= 0, 1, small) / (1 + small)
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a Tensor with the shape of x: where the output is 0.8 and out_grad 3, it is 0.48.
        """
        ### BEGIN SOLUTION
        return out_grad * (node * (1 - node))
        ### END SOLUTION

# %% tags=["check:sigmoid:2"]
check("04_elementwise/Sigmoid", Sigmoid)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Both formulas are right; each is safe on one side of 0. In both, the safe side is the one where the exponential lies
between 0 and 1. For the slope: which two numbers multiply to 0.16 if one of them is 0.8?
</details>
<details><summary>Hint 2: one exponential for both</summary>

Written with an exponential that is safe everywhere, both formulas have the same bottom line. They differ in the top line
only. Which function makes any `x` into something that is never positive, if you add a minus sign?
</details>
<details><summary>Hint 3: nearly there</summary>

Compute the safe exponential first, once, and give it a name. Choose between the two top lines with `np.where`; divide by
the common bottom line. For `backward`: 0.8 and 0.2, or 0.9 and 0.1, are what is there and what is missing to 1. Parentheses
matter.
</details>
"""

# %% [markdown]
r"""
### 4.10 Tanh

*1 point · 5 minutes · difficulty 2 of 5*

Read the lower half of the table. At the value 0 the slope is 1, at 0.6 as well as at -0.6 it is 0.64, and at 0.8 it is 0.36.
With an upstream gradient of 5, the 0.36 becomes $5 \cdot 0.36 = 1.8$. By how much does each slope fall short of 1? Find
that number from the value; it is the same for 0.6 and for -0.6.
"""

# %% tags=["solution:tanh"]
#| export
class Tanh(Function):
    """The hyperbolic tangent, between -1 and 1, element by element."""

    def forward(self, x):
        """x: ndarray. Returns an ndarray of the same shape and dtype: 3 gives 0.9951."""
        return np.tanh(x)

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a Tensor with the shape of x: where the output is 0.8 and out_grad 5, it is 1.8.
        """
        ### BEGIN SOLUTION
        return out_grad * (1 - node * node)
        ### END SOLUTION

# %% tags=["check:tanh:1"]
check("04_elementwise/Tanh", Tanh)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Subtracting each slope from 1 gives 0.36 for the values 0.6 and -0.6, and 0.64 for 0.8. What makes 0.36 from 0.6?
</details>
<details><summary>Hint 2: the pieces</summary>

You need the output, and the upstream gradient. The sign of the output makes no difference, because it meets itself.
</details>
<details><summary>Hint 3: nearly there</summary>

0.36 is 0.6 times 0.6. The local slope is a difference, so it needs parentheses before you multiply it.
</details>
"""

# %% [markdown]
r"""
Your two operations, drawn like the others. Far from 0 both are flat. They are **saturated** there, and hardly any
gradient comes through: on grey ground, less than a hundredth. The sigmoid nowhere passes on more than a quarter.
"""

# %% tags=["figure"]
show_rules(
    "Your sigmoid and tanh, and their slopes",
    "sigmoid rises from 0 to 1, tanh from -1 to 1, both in an S. Their slopes are bells: at 0 "
    "that of sigmoid is 0.25, that of tanh 1. Where the slope is below 0.01 the ground is grey: "
    "beyond -4.6 and 4.6 for sigmoid, beyond -3 and 3 for tanh. If your rules are right, the "
    "slopes found by nudging lie on your curves of slopes.",
    {name: (op, np.linspace(-8, 8, 161)) for name, op in (("sigmoid", Sigmoid), ("tanh", Tanh))},
    flat=0.01,
)

# %% [markdown]
r"""
**Predict, then run.** Ten of your sigmoids in a row, and an upstream gradient of 1 at the end. How much of it arrives at
the beginning: about a half, a hundredth, or less than a millionth? (`node.backward()`, which you will write in lesson 08,
calls your rule ten times, from the end to the beginning, and leaves the result in `x.grad`.)
"""

# %%
x = Tensor(0.5)
node = x
for _ in range(10):
    node = Sigmoid()(node)
node.backward()
print(x.grad)

# %% [markdown]
r"""
Less than a millionth: ten times in a row, less than a quarter was passed on. This is known as the **vanishing gradient**.
It kept deep networks from learning for years, and it is one reason why `relu`, dull as it looks, is the usual choice
today.

Now four of your operations in one graph. `a` and `b` are two scores, and `a` ought to be the higher one. `loss` is
the usual price for getting this wrong. `loss.backward()` calls your four rules, from right to left.
"""

# %% tags=["figure"]
def show_my_graph(a, b):
    c = Sub()(a, b)
    s = Sigmoid()(c)
    logarithm = Log()(s)
    loss = Negate()(logarithm)
    loss.backward()
    return draw(loss, a=a, b=b, c=c, s=s, logarithm=logarithm, loss=loss)


show_my_graph(Tensor(3.0), Tensor(4.0))

# %% [markdown]
r"""
A positive gradient says: raise this one, and the loss rises. So `a` should go up, and `b` down.

## Powers

`c = a ** b` has two inputs, and two rules that look nothing alike. For the base, `a`, two exponents at three places each;
compare a slope with $a^{b-1}$. For the exponent, `b`, the last column is the slope *divided by the value*.
"""

# %%
def power_row(a, b):
    for_a, for_b = slope(lambda nudged: nudged**b, a), slope(lambda nudged: a**nudged, b)
    ratio = for_b / a**b
    print(f"a = {a:4}  b = {b}  value = {a**b:7}  for a: {for_a:6}  for b / value: {ratio:.4f}")

for b in (3.0, 4.0):
    for a in (2.0, 5.0, 10.0):
        power_row(a, b)

# %% [markdown]
r"""
The last column does not depend on `b`, and you know a function that makes 0.6931 of 2, and 1.6094 of 5.

### 4.11 Power

*3 points · 20 minutes · difficulty 4 of 5*

With $a = 5$, $b = 3$ and an upstream gradient of 5, the base gets $5 \cdot 75 = 375$. Three things make this one harder:

1. Mostly the exponent is a constant, as in `x ** 3`, where the 3 reaches your rule as a Tensor that requires no gradient.
   Return **None** in its place. Ask `b.requires_grad`.
2. In that case, no logarithm may be taken. A base may be negative or 0 then, and NumPy would warn. (Where the exponent does
   want a gradient, all bases here are positive.)
3. `a ** 0` is 1 for every `a`, so its slope is 0, **also at `a = 0`**. There the formula multiplies 0 by $0^{-1}$, which is
   infinite, and gets nan and a warning. Keep the exponent from becoming -1 where it was 0. A mask may help; it can also be
   added.

For a logarithm of a Tensor in `backward`, your own `Log()(…)` is ready.
"""

# %% tags=["solution:pow"]
#| export
class Pow(Function):
    """One tensor to the power of another of equal shape, element by element."""

    def forward(self, a, b):
        """a, b: ndarrays of equal shape. Returns a to the power of b: 5 and 3 give 125."""
        ### BEGIN SOLUTION
        return a**b
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradients of the loss with respect to the base and the exponent.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a tuple of two: a Tensor for the base; for the exponent a Tensor, or None if it
        requires no gradient. With a = 5, b = 3 and out_grad = 5 the first is 375.
        """
        ### BEGIN SOLUTION
        a, b = node._inputs
        for_a = out_grad * b * a ** (b - 1 + (b.data == 0))
        for_b = out_grad * node * Log()(a) if b.requires_grad else None
        return for_a, for_b
        ### END SOLUTION

# %% tags=["check:pow:3"]
check("04_elementwise/Pow", Pow)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

For the base, divide the slopes of the table by $a^{b-1}$: 12 by 4, 75 by 25, 300 by 100. What is left over? For the
exponent, the slope is the value times the number in the last column.
</details>
<details><summary>Hint 2: the three difficulties</summary>

The first two are one `if` with the same condition: where it fails, there is neither a logarithm nor a gradient. For the
third, make a mask of the places where the exponent is 0. What do you have to add to the lowered exponent there, so that it
is 0 and not -1? Why does it not matter what else it is, as long as nothing becomes infinite?
</details>
<details><summary>Hint 3: nearly there</summary>

Four steps: take out `a` and `b` · make the mask, from `b.data`, as in 4.7 · the base: upstream, times the exponent, times
the base to an exponent that is lowered by one, except where the mask says no · the exponent: upstream, times the value,
times a logarithm, if it is wanted. Return both, in order.
</details>
"""

# %% [markdown]
r"""
## Signs for your operations

### 4.12 The operators

*2 points · 10 minutes · difficulty 2 of 5*

`x - y` makes Python call `x.__sub__(y)`. For `5 - x`, the 5 knows nothing of Tensors, so Python calls `x.__rsub__(5)`: in
the reflected methods, `self` stands on the **right**. For a sum or a product that hardly matters. Here it does: with
`x = 3`, `5 - x` is 2, and `x - 5` is -2.

| sign | method | reflected |
|---|---|---|
| `-x` | `__neg__` | |
| `x - y` | `__sub__` | `__rsub__` |
| `x / y` | `__truediv__` | `__rtruediv__` |
| `x ** y` | `__pow__` | `__rpow__` |

Each of the seven makes one of your operations and calls it, as in lesson 03. Numbers and arrays are made constants
by `Function`. So far, the signs between Tensors were babygrad's. In Tensors made below this cell, they are yours.
"""

# %% tags=["solution:operators"]
#| export
class Tensor(Tensor):
    """An array that remembers where it came from, with - / and **."""

    def __neg__(self):
        """What -self means."""
        ### BEGIN SOLUTION
        return Negate()(self)
        ### END SOLUTION

    def __sub__(self, other):
        """What self - other means."""
        ### BEGIN SOLUTION
        return Sub()(self, other)
        ### END SOLUTION

    def __rsub__(self, other):
        """What other - self means, where other is no Tensor."""
        ### BEGIN SOLUTION
        return Sub()(other, self)
        ### END SOLUTION

    def __truediv__(self, other):
        """What self / other means."""
        ### BEGIN SOLUTION
        return Div()(self, other)
        ### END SOLUTION

    def __rtruediv__(self, other):
        """What other / self means, where other is no Tensor."""
        ### BEGIN SOLUTION
        return Div()(other, self)
        ### END SOLUTION

    def __pow__(self, other):
        """What self ** other means."""
        ### BEGIN SOLUTION
        return Pow()(self, other)
        ### END SOLUTION

    def __rpow__(self, other):
        """What other ** self means, where other is no Tensor."""
        ### BEGIN SOLUTION
        return Pow()(other, self)
        ### END SOLUTION

# %% tags=["check:operators:2"]
check("04_elementwise/operators", Tensor)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Seven methods, one line each. The order of the two arguments in the call is the order in which they stand around the sign.
</details>
<details><summary>Hint 2: object and call</summary>

Two pairs of parentheses: the first makes the operation, the second calls it, with both inputs. The call runs `forward`;
you need not. And wrap nothing: a Tensor that is wrapped again loses its history.
</details>
<details><summary>Hint 3: nearly there</summary>

Write `__sub__`. Then copy it to `__rsub__` and ask who stands on the left of the minus sign there. The other two pairs
are the same with another operation.
</details>
"""

# %% [markdown]
r"""
Try them. The rest of your operations have no sign in Python, so they become functions, and methods as well:
`log(x)` and `x.log()`. That cell is written for you. (`abs` needs no function, because Python's own `abs(x)` asks for
`x.__abs__`.)
"""

# %%
x = Tensor([4.0, 0.5])
for result in (-x, x - 7, 7 - x, x / 8, 8 / x, x**3, 3**x, np.float32([5, 6]) - x):
    print(result)

# %% tags=["given:functions"]
#| export
def log(x):
    return Log()(x)

def exp(x):
    return Exp()(x)

def sqrt(x):
    return Sqrt()(x)

def relu(x):
    return ReLU()(x)

def sigmoid(x):
    return Sigmoid()(x)

def tanh(x):
    return Tanh()(x)

class Tensor(Tensor):
    """An array that remembers where it came from, with functions of one number as methods."""

    log, exp, sqrt, relu, sigmoid, tanh = log, exp, sqrt, relu, sigmoid, tanh

    def __abs__(self):
        return Abs()(self)

# %% [markdown]
r"""
## What has to be kept?

Your rules read the input, or the output, or neither. That is more than a matter of taste. What no rule will read
need not be kept, and in training most of the memory is taken by arrays that are waiting for their `backward`.

### 4.13 Input or output

*1 point · 5 minutes · difficulty 2 of 5*

For each operation, suppose you may keep the input and the output, or only one of them, or none. In `backward` you
may add, subtract, multiply, divide and compare, but compute no exponential, logarithm, root or `tanh` again. What suffices?

| word | when |
|---|---|
| `"neither"` | the slope is the same everywhere |
| `"input"` | from the input, but not from the output |
| `"output"` | from the output, but not from the input |
| `"either"` | each of the two would do by itself |

`Square` from the beginning has the slope $2x$. Given only the output, 9, you would need a root, and would not know
whether `x` was 3 or -3. So it is `"input"`.
"""

# %% tags=["solution:table"]
def what_backward_needs():
    """For each operation, which of its two ends is enough for the gradient rule.

    Returns a dict with eight entries. Its keys are "Negate", "Log", "Exp", "Sqrt", "ReLU", "Abs",
    "Sigmoid" and "Tanh"; each value is "neither", "input", "output" or "either".
    An entry for Square would be "Square": "input".
    """
    ### BEGIN SOLUTION
    table = {"Negate": "neither", "ReLU": "either"}
    for name in ("Log", "Abs"):
        table[name] = "input"
    for name in ("Exp", "Sqrt", "Sigmoid", "Tanh"):
        table[name] = "output"
    return table
    ### END SOLUTION

# %% tags=["check:table:1"]
check("04_elementwise/table", what_backward_needs)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Begin with your own rules. Where `node` itself occurs, the output is enough; where the input occurs, the input is. Then ask
whether the other one would have done as well.
</details>
<details><summary>Hint 2: the pieces</summary>

Three of the questions: can you tell from `abs(x)` on which side `x` was? Can you tell from `relu(x)` whether `x` was
positive? Can you get `1 / x` from the logarithm with arithmetic alone?
</details>
<details><summary>Hint 3: nearly there</summary>

A dict is written `{"Square": "input", "Cube": "input"}`. One of the eight is `"neither"` and one is `"either"`.
</details>
"""

# %% [markdown]
r"""
Some libraries go one step further and write the result of `relu` over its input, which saves an array. The rule of `relu`
can live with that. But its input may be the output of another operation. Would you do it after a `tanh`, or after
a difference? After the difference, nobody misses the array. After the `tanh` it is a disaster: its rule reads its output, which
is gone.

## What you have now

Each rule is the upstream gradient, and what is done to it.

| name | what it does | gradient rule |
|---|---|---|
| `Negate`, `-x` | changes the sign | sign changed |
| `Sub`, `a - b` | difference | as it is, for `a`; sign changed, for `b` |
| `Div`, `a / b` | quotient | for `a`: divided by `b`; for `b`: times the quotient, divided by `b`, sign changed |
| `Log`, `log(x)` | natural logarithm | divided by the input |
| `Exp`, `exp(x)` | $e^x$ | times the output |
| `Sqrt`, `sqrt(x)` | square root | divided by twice the output |
| `ReLU`, `relu(x)` | positive part | kept where the input is positive, else 0 |
| `Abs`, `abs(x)` | absolute value | times the sign of the input, which is 0 at 0 |
| `Sigmoid`, `sigmoid(x)` | between 0 and 1 | times the output, times what it lacks to 1 |
| `Tanh`, `tanh(x)` | between -1 and 1 | times what the squared output lacks to 1 |
| `Pow`, `a ** b` | power | for `a`: times the exponent, times one power less; for `b`: times output and logarithm |

So far every element stayed in its place. Lesson 05 moves them: it reshapes, transposes, sums and repeats, and
the question will be where each gradient has to go.
"""
