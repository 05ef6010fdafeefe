# %% [markdown]
r"""
# 05 · Shape ops

*14 points · about 90 minutes*

**After this you can**

- follow one element through a reshape, a transpose, a sum and a broadcast, and say where its gradient comes from;
- undo a change of axes, also where doing it again does not undo it;
- explain why sum and broadcast are each other's gradient.

**You need** `Function`, `forward` and `backward` from lesson 03, the nudging of lesson 02, and shapes of NumPy arrays.
Everything comes finished from `babygrad`.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from babygrad import Function, Tensor, numeric_gradient
from babygrad.diagram import diagram
from babygrad.tiles import tiles

# %% [markdown]
r"""
## Moved, repeated, added up

The four operations of this lesson multiply nothing. They move elements to other places, repeat them, or add
them up. Every network needs them: to lay a picture out in a row, to swap rows and columns, to add up a loss, to
give one bias to a whole batch.

Here a reshape turns two rows of three into three rows of two. Each tile is one element. Follow the dark one.
"""

# %% tags=["figure"]
def moved():
    x = np.arange(1, 7).reshape(2, 3)
    return tiles(
        "A reshape moves elements",
        "x has the rows 1, 2, 3 and 4, 5, 6. Reshaped to (3, 2) it has the rows 1, 2 and 3, 4 "
        "and 5, 6. The 4 stood first in the second row; now it stands second in the second row.",
        {"x": x, "output": x.reshape(3, 2)},
        between=["reshape"],
        marked={"x": x == 4, "output": x.reshape(3, 2) == 4},
    )


moved()

# %% [markdown]
r"""
Now the way back. The upstream gradient `out_grad` has one number for each element of the **output**: here 10, 20, 30,
and so on. What is the gradient for the dark element of `x`? Ask as always: nudge it, and see by how much the
loss moves.
"""

# %%
x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
out_grad = np.array([[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]])
nudged = x.copy()
nudged[1, 0] += 0.01
difference = nudged.reshape(3, 2) - x.reshape(3, 2)
print(round(np.sum(out_grad * difference) / 0.01, 3))

# %% [markdown]
r"""
It is 40: the number in the place to which the element went. Nothing magnified the nudge, it only moved. That
gives a method for this whole lesson:

1. **Pretend everything is a scalar.** Reshape one number, transpose it, sum it, repeat it once: it stays what it is. So
   the local slope is 1, and the gradient is the upstream gradient, unchanged.
2. **Then make the shapes fit.** `out_grad` has the shape of the output. Your answer needs the shape of the input. Bring
   every number back to where its element came from.

It works because every element of the output *is* an element of the input, or a sum of several. A nudge shows up
wherever its element went, at full size. Whatever arrives there comes back; and if the element went to several
places, their gradients add up, as in `x * x` in lesson 03.

When the shape is right, the second step is only half done. Every number also has to stand in the right place.

### 5.1 Reshape

*2 points · 10 minutes · difficulty 1 of 5*

An operation can have **settings**. They go to `__init__`, which is written for you, and the object keeps them:
`Reshape((3, 2))` makes the object, and a second pair of parentheses calls it, as in `Reshape((3, 2))(x)`. The
function below the class does both, and so makes a new object for every call.

NumPy's `array.reshape(shape)` puts the elements into the new shape in **reading order**: along the first row,
then along the second. Reshape
`[[3, -5, 7], [4, 8, -6]]` to (3, 2), and its second row is `[7, 4]`. One size may be
-1, which means: whatever is left. And the shape `()`, a tuple of no sizes, is that of a single number.

In `backward` you have Tensors, and operations on Tensors, among them the very class you are writing. A rule made of
those remembers its own history, so that gradients can have gradients later. A rule on arrays, whose result you wrap
in a Tensor, has no history; it counts here as well. `node._inputs` is a tuple, here with one entry.
"""

# %% tags=["solution:reshape"]
#| export
class Reshape(Function):
    """The same elements, in the same order, in another shape."""

    def __init__(self, shape):
        """shape: a tuple of sizes, of which one may be -1."""
        self.shape = shape

    def forward(self, x):
        """x: ndarray. Returns an ndarray of shape self.shape."""
        ### BEGIN SOLUTION
        return x.reshape(self.shape)
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a Tensor with the shape of x. If x has shape (2, 3) and out_grad is
        [[10, 20], [30, 40], [50, 60]], its second row is [40, 50, 60].
        """
        ### BEGIN SOLUTION
        (x,) = node._inputs
        return Reshape(x.shape)(out_grad)
        ### END SOLUTION


def reshape(x, shape):
    """x in another shape: reshape(Tensor([3, 5, 7, 4]), (2, 2))."""
    return Reshape(shape)(x)

# %% tags=["check:reshape:2"]
check("05_shape/Reshape", Reshape)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

What undoes a reshape? The elements are still in reading order; only the rows have another length.
</details>
<details><summary>Hint 2: the shapes</summary>

`out_grad` has the shape of the output. The answer needs another shape, and somebody in `node._inputs` has it.
`self.shape` will not do: it is the way there.
</details>
<details><summary>Hint 3: nearly there</summary>

Both methods are a reshape: the first of an array, the second of a Tensor, for which you have a class now. They differ
in the shape. One the object keeps; the other is the one of hint 2.
</details>
"""

# %% [markdown]
r"""
This is your own operation, there and back. On the left are the values, on the right the gradients. Both dark tiles
in the middle are in the same place: where the element went, its gradient waits.
"""

# %% tags=["figure"]
def there_and_back(op, x, element):
    """Values through an operation, gradients 10, 20, 30, … back; one element of x is followed."""
    x = Tensor(x)
    output = op(x)
    upstream = 10 * np.arange(1, output.data.size + 1).reshape(output.data.shape)
    grad = op.backward(Tensor(upstream), output)
    grad = grad[0] if isinstance(grad, (tuple, list)) else grad
    here = np.zeros(x.shape)
    here[element] = 1
    there = op.forward(here) != 0
    name = type(op).__name__
    return tiles(
        f"{name}, there and back",
        f"{name}: {x.data.tolist()} becomes {output.data.tolist()}. The upstream gradient "
        f"{upstream.tolist()} becomes the gradient {grad.data.tolist()}.",
        {"x": x.data, "output": output.data, "out_grad": upstream, "gradient for x": grad.data},
        between=[f"{name} forward", None, f"{name} backward"],
        marked={"x": here, "output": there, "out_grad": there}
        | ({"gradient for x": here} if grad.data.shape == here.shape else {}),
    )


there_and_back(Reshape((3, 2)), [[1, 2, 3], [4, 5, 6]], (1, 0))

# %% [markdown]
r"""
## Axes in another order

A **transpose** changes the order of the axes. Of a matrix, it makes rows into columns.

**Predict, then run.** Both lines below turn shape (2, 3) into (3, 2). Do they agree? Write down the first row of
each.
"""

# %%
x = np.array([[1, 2, 3], [4, 5, 6]])
print(x.reshape(3, 2)[0])
print(x.transpose(1, 0)[0])

# %% tags=["figure"]
def two_ways():
    x = np.arange(1, 7).reshape(2, 3)
    arrays = {"x": x, "x reshaped": x.reshape(3, 2), "x transposed": x.T}
    return tiles(
        "Reshape or transpose",
        "Reshaped, the rows are 1, 2 and 3, 4 and 5, 6: reading order. Transposed, they are 1, 4 "
        "and 2, 5 and 3, 6: the columns of x. The 4 is in the second row here, in the first there.",
        arrays,
        marked={name: array == 4 for name, array in arrays.items()},
    )


two_ways()

# %% [markdown]
r"""
The shape is the same, the places are not. So a reshape cannot stand in for a transpose, and its gradient
cannot either: all shapes would fit, and the gradients would arrive at the wrong elements.

With three axes it gets interesting. Let `x` have shape (2, 3, 4): 2 pictures, of 3 rows, of 4 columns. NumPy's
`x.transpose(axes)` takes a tuple, `axes`, that says for each place of the result which axis of `x` **comes
there**. With `axes=(2, 0, 1)`, place 0 gets axis 2, the columns; place 1 gets axis 0, the pictures; place 2 gets the rows.
The result has shape (4, 2, 3).

What undoes it? Swapping two axes is undone by swapping them again. This is no swap: three axes have moved on in a
circle. The upper half of the picture does the same again. The lower half goes back. In each half, read the top line
first: it is the whole story. The arrows below it follow each axis.
"""

# %% tags=["figure"]
def in_a_circle():
    sizes = {"pictures": 2, "rows": 3, "columns": 4}
    first, second = ("pictures", "rows", "columns"), ("columns", "pictures", "rows")
    third = ("rows", "columns", "pictures")
    boxes, arrows = {}, []
    for top, orders, names, ways in (
        (0, (first, second, third), ("x", "y", "not x"), ("axes (2, 0, 1)", "again (2, 0, 1)")),
        (270, (first, second, first), ("x", "y", "x again"), ("axes (2, 0, 1)", "back (1, 2, 0)")),
    ):
        for step, (order, name) in enumerate(zip(orders, names, strict=True)):
            left = 300 * step
            shape = tuple(sizes[axis] for axis in order)
            boxes[f"{top} {step}"] = (left, top, f"{name}\nshape {shape}")
            for place, axis in enumerate(order):
                lines = f"axis at place {place}\n{axis}, {sizes[axis]}"
                boxes[f"{top} {step} {axis}"] = (left, top + 64 + 52 * place, lines)
            if step:
                arrows.append((f"{top} {step - 1}", f"{top} {step}", ways[step - 1]))
                arrows += [(f"{top} {step - 1} {a}", f"{top} {step} {a}", "") for a in order]
    return diagram(
        "A circle of three axes, applied twice and undone",
        "(2, 0, 1) turns the order pictures, rows, columns into columns, pictures, rows. Once "
        "more, and the order is rows, columns, pictures: not x. Instead, (1, 2, 0) takes place 1, "
        "then 2, then 0. The order is pictures, rows, columns, which is x again.",
        boxes,
        arrows,
    )


in_a_circle()

# %% [markdown]
r"""
For the way back, ask of each axis of `x`, in order, at which place of `y` it stands:

| axis of `x` | pictures, 0 | rows, 1 | columns, 2 |
|---|---|---|---|
| stands at this place of `y` | 1 | 2 | 0 |

The lower line, (1, 2, 0), is the **inverse** of (2, 0, 1).

**Predict, then run.** A cube of 3 by 3 by 3 goes through (2, 0, 1) twice. Does it have its old shape again? And are
the elements in their old places? The two lines below answer in this order.
"""

# %%
cube = np.arange(27).reshape(3, 3, 3)
twice = cube.transpose(2, 0, 1).transpose(2, 0, 1)
print(twice.shape == cube.shape)
print(np.array_equal(twice, cube))

# %% [markdown]
r"""
The shape notices nothing. **Equal sizes hide wrong axes**: when you try something out, take sizes that all differ.

### 5.2 Transpose

*5 points · 25 minutes · difficulty 3 of 5*

There are two cases.

- `axes` is a tuple that names every axis once. Negative ones count from the end, as everywhere in NumPy: of three axes,
  -1 is axis 2, so that `(-1, 0, 1)` means `(2, 0, 1)`. For NumPy's own functions that makes no difference. For
  what you do with these numbers, it may.
- `axes` is None: the **last two** axes are swapped, whatever stands in front. A batch of shape (7, 2, 3) becomes
  (7, 3, 2), matrix by matrix. Beware of NumPy's `x.T`, which reverses all axes and would give (3, 2, 7). To swap two
  axes there is `np.swapaxes`: `np.swapaxes(x, 0, 2)` swaps axes 0 and 2.

On the way back each gradient goes to where its element came from. In the circle above, the gradient that arrives
at `y[3, 1, 2]`, say 5, belongs to `x[1, 2, 3]`.
"""

# %% tags=["solution:transpose"]
#| export
class Transpose(Function):
    """The axes in another order."""

    def __init__(self, axes=None):
        """axes: None (swap the last two), or a tuple that names every axis once."""
        self.axes = axes

    def forward(self, x):
        """x: ndarray. Returns an ndarray: from shape (7, 2, 3), without axes, (7, 3, 2)."""
        ### BEGIN SOLUTION
        if self.axes is None:
            return np.swapaxes(x, -1, -2)
        return x.transpose(self.axes)
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a Tensor with the shape of x: with axes (2, 0, 1), from shape (4, 2, 3), (2, 3, 4).
        """
        ### BEGIN SOLUTION
        if self.axes is None:
            return Transpose()(out_grad)
        from_the_front = [axis % len(self.axes) for axis in self.axes]
        return Transpose(tuple(np.argsort(from_the_front)))(out_grad)
        ### END SOLUTION


def transpose(x, axes=None):
    """x with its last two axes swapped, or with all its axes in the order of axes."""
    return Transpose(axes)(x)

# %% tags=["check:transpose:5"]
check("05_shape/Transpose", Transpose)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Without axes it is a swap, and what undoes a swap you know. With axes, find the order that undoes theirs, as in
the table above, and transpose by that.
</details>
<details><summary>Hint 2: finding the inverse</summary>

For every axis of `x`, look for its place in `axes`. A loop over the places can note it down: at place 0 stands axis 2,
so for axis 2 note 0. Or let NumPy look: `np.argsort` says where the smallest number stands, then the next, and
so on. For 30, 10, 20 it says 1, 2, 0.
</details>
<details><summary>Hint 3: nearly there</summary>

If only the negative axes are missing: convert each one first, so that -1 becomes the last axis and 0 stays 0. The
remainder `%` does both, if you divide by the right number. Then the same search as before. Notes in a list of the
right length need no conversion: a list takes -1 for its last place. The result is the tuple for a new object of your
class, called on `out_grad`.
</details>
"""

# %% [markdown]
r"""
Your circle, there and back, on one picture of 2 rows and 3 columns. The layers of the output are drawn below each
other.
"""

# %% tags=["figure"]
there_and_back(Transpose((2, 0, 1)), [[[1, 2, 3], [4, 5, 6]]], (0, 1, 0))

# %% [markdown]
r"""
## Adding up and repeating

The last two operations belong together. `Summation` adds elements up along one axis or several. `BroadcastTo`
repeats them. Here is one after the other:
"""

# %% tags=["figure"]
def repeat_and_add():
    column = np.array([[3], [-5]])
    wide = np.broadcast_to(column, (2, 3))
    return tiles(
        "Repeating and adding up",
        "A column of 3 and -5 is repeated to two rows of three. Added up along the rows, they give "
        "a column of sums: 9 and -15. The dark tiles all come from the 3.",
        {"column": column, "wide": wide, "sums": wide.sum(axis=1, keepdims=True)},
        between=["BroadcastTo repeats", "Summation adds up"],
        marked={"column": [[True], [False]], "wide": [[True], [False]], "sums": [[True], [False]]},
    )


repeat_and_add()

# %% [markdown]
r"""
Now take the tiles for gradients, on their way back. Then the arrows trade roles. What repeats, on the left, is the way
back of a **sum**: of three terms, each gets the one gradient of the sum, because each moves it by as much as it is
nudged. What adds up, on the right, is the way back of a **broadcast**: an element with three copies receives three
gradients, and they add up, because all copies move when it is nudged. So each one's `backward` is the other one's
`forward`.

One thing is left: the shapes. NumPy lines two shapes up **from the right**. Sizes fit if they are equal, and a size 1
is stretched; missing axes are added **in front**. `np.broadcast_to(x, shape)` repeats `x` in this way. So
shape (3,) fits (2, 3), and (2, 1) fits it too. But (2,) does not, and NumPy raises an error.

**Predict, then run.** `x` has shape (3, 3) and was summed over axis 1: three sums, one for each row. The upstream
gradients are 10, 20, 30. Somebody repeats them as they are. Will there be an error? And which gradient should the
element in row 0, column 2 get?
"""

# %%
row_gradients = np.array([10.0, 20.0, 30.0])
print(np.broadcast_to(row_gradients, (3, 3)))

# %% [markdown]
r"""
It is in row 0, so it went into the first sum and should get 10. It got 30, and nobody complained. With an `x` of
shape (2, 3) you would have had an error, and been glad of it. **Square arrays hide bugs.**

### 5.3 Summation

*4 points · 20 minutes · difficulty 3 of 5*

Sum `[[3, -5, 7], [4, 8, -6]]` along `axes=1`, and you get `[5, 6]`. Nudge the -5, and only the 5 moves, by just as
much. If the upstream gradients are 10 and 20, the gradient is `[[10, 10, 10], [20, 20, 20]]`.

`axes` is None (all), a number (`isinstance(axes, int)` says whether it is one), or a tuple of several in **any order**;
negative ones count from the end, and the empty tuple sums nothing. With `keepdims=True` the summed axes stay, with size 1: here `[[5], [6]]`. NumPy's `sum` knows all
that, as `axis=` and `keepdims=`.

On the way back, think of the shape that the sum would have with `keepdims`. From there, NumPy's rule repeats
everything into its place. Arrays that you make yourself need the dtype of `x`: `np.ones` alone makes float64.

You may write `BroadcastTo` before it exists (you write it next): Python looks a name up when the line runs. The check
lends you a finished one.
"""

# %% tags=["solution:summation"]
#| export
class Summation(Function):
    """The sum along some axes."""

    def __init__(self, axes=None, keepdims=False):
        """axes: None (all), an int, or a tuple of ints. keepdims: whether they stay (size 1)."""
        self.axes = axes
        self.keepdims = keepdims

    def forward(self, x):
        """x: ndarray. Returns its sum: from shape (2, 3, 4), with axes (0, 2), shape (3,)."""
        ### BEGIN SOLUTION
        return x.sum(axis=self.axes, keepdims=self.keepdims)
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x.

        out_grad: Tensor, with the shape of the sum. node: Tensor, the sum.
        Returns a Tensor with the shape of x, such as (2, 3, 4) for the example above.
        """
        ### BEGIN SOLUTION
        (x,) = node._inputs
        kept = np.zeros(x.shape).sum(axis=self.axes, keepdims=True).shape
        return BroadcastTo(x.shape)(Reshape(kept)(out_grad))
        ### END SOLUTION


def summation(x, axes=None, keepdims=False):
    """The sum of x along axes: summation(Tensor([3, 5, 7])) has data 15."""
    return Summation(axes, keepdims)(x)

# %% tags=["check:summation:4"]
check("05_shape/Summation", Summation)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Two steps. First put the summed axes back, with size 1: that changes the shape, not the number of elements. Then
repeat, until the shape is that of `x`.
</details>
<details><summary>Hint 2: the shapes</summary>

For an `x` of shape (2, 3, 4) and axes 0 and 2, the shapes on the way back are (3,), then (1, 3, 1), then (2, 3, 4). The
first step is a reshape, and you have a class for that.
</details>
<details><summary>Hint 3: nearly there</summary>

How to find (1, 3, 1): take the sizes of `x` as a list, and set each summed axis to 1. A list takes negative places
as well, and the order does not matter. Before that, make one case of three: None stands for all axes, a number for one.
Or let NumPy say which shape a sum with `keepdims=True` has.
</details>
"""

# %% [markdown]
r"""
### 5.4 BroadcastTo

*3 points · 20 minutes · difficulty 4 of 5*

Repeat `[3, -5, 7]` to shape (2, 3): there is a -5 in either row now. Nudge it, and both copies move. With the
upstream gradients 10, 20, 30 in the first row and 40, 50, 60 in the second, the loss moves by

$$20 + 50 = 70$$

times the nudge. So the gradient is `[50, 70, 90]`: the sum over the copies.

Copies come about in two ways, and both may happen at once:

| `x` | output | where copies are | what must remain |
|---|---|---|---|
| (3,) | (2, 3) | along a **new** axis in front | (3,) |
| (2, 1) | (2, 3) | along an axis of size 1 that was **stretched** | (2, 1) |
| (3, 1) | (2, 3, 4) | along both | (3, 1) |

Mind that the axes of `x` have other numbers in the output, if new ones stand in front.
"""

# %% tags=["solution:broadcast_to"]
#| export
class BroadcastTo(Function):
    """Elements repeated along new axes in front, and along axes of size 1."""

    def __init__(self, shape):
        """shape: a tuple, to which the shape of the input fits from the right."""
        self.shape = shape

    def forward(self, x):
        """x: ndarray. Returns an ndarray of shape self.shape; it may share the memory of x."""
        ### BEGIN SOLUTION
        return np.broadcast_to(x, self.shape)
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x.

        out_grad: Tensor, with the shape of the output. node: Tensor, the output.
        Returns a Tensor with the shape of x, down to the last 1.
        """
        ### BEGIN SOLUTION
        (x,) = node._inputs
        new = len(out_grad.shape) - len(x.shape)
        stretched = [new + axis for axis, size in enumerate(x.shape) if size == 1]
        total = Summation((*range(new), *stretched))(out_grad)
        return Reshape(x.shape)(total)
        ### END SOLUTION


def broadcast_to(x, shape):
    """x repeated until it has this shape: broadcast_to(Tensor(7.5), (2, 3))."""
    return BroadcastTo(shape)(x)

# %% tags=["check:broadcast_to:3"]
check("05_shape/BroadcastTo", BroadcastTo)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Find all the axes of the output along which there are copies. Sum over them. See that the shape is right at the end.
</details>
<details><summary>Hint 2: the axes</summary>

How many axes are new? Compare the number of axes of `out_grad` with that of `x`: a Tensor has no `len()`, its shape has
one. The new ones are the first ones. Then go through the sizes of `x`: wherever one is 1, there are copies along that axis (or just one, and summing one does no
harm). How far has the axis moved to the right?
</details>
<details><summary>Hint 3: nearly there</summary>

For `x` of shape (3, 1) and an output of shape (2, 3, 4): one axis is new, number 0; the stretched axis 1 of `x` is
number 2 in the output. Sum over 0 and 2, all at once, so that no axis moves while you count. That leaves (3,). The 1 is
missing still, and you have a class that brings it back without touching an element.
</details>
"""

# %% [markdown]
r"""
Both of your operations, there and back. In the first picture three tiles become one, and its gradient comes back to all
three; the dark one is one of them. In the second the dark tile becomes three, and three gradients become one.
"""

# %% tags=["figure"]
there_and_back(Summation(1, keepdims=True), [[1, 2, 3], [4, 5, 6]], (0, 1))

# %% tags=["figure"]
there_and_back(BroadcastTo((2, 3)), [[7], [8]], (0, 0))

# %% [markdown]
r"""
## All four in a row

To close, a chain of all four. The way back is the chain rule: each `backward` takes what the one behind it
returned. At the end stands a gradient with the shape of `x`, and `numeric_gradient` from lesson 02 says
whether it is right, by nudging each of the 24 elements. The chain is made to be hard: an axis counted from the
end, two axes summed at once, one new, one stretched, a random upstream gradient. Still it is one case of many. A mistake
that it does not meet can hide, for example with `keepdims`; the checks try more.
"""

# %%
def chain(x):
    a = Reshape((2, 1, 3, 4))(x)
    b = Transpose((-1, 1, 0, 2))(a)
    c = Summation((-1, 0))(b)
    d = BroadcastTo((5, 3, 2))(c)
    return a, b, c, d

rng = np.random.default_rng(5)
x = Tensor(rng.normal(size=24))
out_grad = rng.normal(size=(5, 3, 2))
gradient = Tensor(out_grad)
for node in reversed(chain(x)):
    gradient = node._op.backward(gradient, node)
    if isinstance(gradient, (tuple, list)):
        gradient = gradient[0]
    print(type(node._op).__name__, gradient.shape)

(nudged,) = numeric_gradient(lambda x: chain(Tensor(x))[-1].data, [x.data], out_grad)
print(np.allclose(gradient.data, nudged))

# %% [markdown]
r"""
## What you have now

| name | what it does | gradient rule |
|---|---|---|
| `Reshape(shape)`, `reshape` | the same elements in reading order, in another shape | back into the shape of `x` |
| `Transpose(axes)`, `transpose` | the axes in another order; None swaps the last two | the axes by the inverse order |
| `Summation(axes, keepdims)`, `summation` | adds up along axes | each term gets the gradient of its sum: repeat |
| `BroadcastTo(shape)`, `broadcast_to` | repeats along new axes and axes of size 1 | the gradients of all copies: add up |

And one habit: take sizes that all differ, and upstream gradients that are not ones.

You asked for every broadcast in this lesson by name. NumPy also does it unasked, whenever you add a bias of shape
(3,) to a batch of shape (5, 3). The gradient of that bias then has the wrong shape, unless `Add` knows what you know
now. That is lesson 06.
"""
