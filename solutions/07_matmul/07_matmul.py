# %% [markdown]
r"""
# 07 · MatMul

*8 points · about 70 minutes*

**After this you can**

- derive the gradient rule of a matrix product from the nudge of a single entry;
- find a matrix formula from the shapes in it, and say when shapes alone mislead;
- multiply batches of matrices, and vectors, and give a shared weight its whole gradient.

**You need** the Function of lesson 03, `reshape` and `transpose` of lesson 05, `unbroadcast` of lesson 06. All of
these come finished from `babygrad`, so no exercise depends on your other answers; only the cells right after an exercise
show what yours does.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from babygrad import Function, Tensor, numeric_gradient, reshape, transpose, unbroadcast
from babygrad.diagram import diagram
from babygrad.graph import draw
from babygrad.picture import Frame, Picture, Words
from babygrad.tensor import _ensure_tensor
from babygrad.tiles import tiles

# %% [markdown]
r"""
## One entry

A neural network spends nearly all of its time in one operation: the product of two matrices. Here are two matrices
to work with. For arrays and for Tensors, Python writes their product as `@`.
"""

# %%
A = np.array([[3.0, 5.0, -4.0],
              [7.0, -3.0, 6.0]])
B = np.array([[4.0, -3.0, 6.0, 5.0],
              [3.0, 8.0, -5.0, 7.0],
              [-6.0, 4.0, 9.0, 3.0]])
C = A @ B
print(C)

# %% [markdown]
r"""
Where does the 15 come from? Each entry of `C` is made of one row of `A` and one column of `B`, multiplied pair
by pair and added up. In the picture `B` stands above `C` and `A` to the left of it, so you find the row and the column
of an entry by going left and up from it.
"""

# %% tags=["figure"]
def corner(title, text, arrays, marked, name="C"):
    """B above C, A to the left of C, sizes on the edges; what is marked is darker."""
    ink, size, shapes = "#1b1f24", 42, []
    (n, p), m = arrays[0].shape, arrays[1].shape[1]
    edge = p * size + 36  # where C begins, from the left and from the top
    bottom, right = edge + n * size, edge + m * size
    places = (0, edge), (edge, 0), (edge, edge)
    for array, index, (left, top) in zip(arrays, marked, places, strict=True):
        mask = np.zeros(array.shape, bool)
        mask[index] = True
        for i, j in sorted(np.ndindex(array.shape), key=lambda ij: mask[ij]):
            x, y, strong = left + j * size, top + i * size, bool(mask[i, j])
            fill, border = ("#b9d3ee", 2.4) if strong else ("#eef4fb", 1)
            shapes.append(Frame((x, y, x + size, y + size), fill, 0, ink, border))
            number = f"{array[i, j]:g}"
            shapes.append(Words((x + size / 2, y + size / 2), number, 14, ink, strong))
    for x, y, words in [
        (p * size / 2, bottom + 16, "A"), (-26, edge + n * size / 2, f"n = {n}"),
        (p * size / 2, edge - 13, f"p = {p}"), (edge - 26, p * size / 2, f"p = {p}"),
        (right + 16, p * size / 2, "B"), (edge + m * size / 2, -13, f"m = {m}"),
        (edge + m * size / 2, bottom + 16, name),
    ]:
        shapes.append(Words((x, y), words, 14, ink, words in ("A", "B", name)))
    return Picture(title, text, tuple(shapes), (-50, -22, right + 24, bottom + 26))


corner("One entry of C", "Row 0 of A, 3, 5, -4, and column 1 of B, -3, 8, 4, give C[0, 1], 15.",
       (A, B, C), (0, (slice(None), 1), (0, 1)))

# %% [markdown]
r"""
Here it is row 0 and column 1: 3 · (-3) + 5 · 8 + (-4) · 4 = 15. In general, for row $i$ and column $j$,

$$c_{ij} = \sum_k a_{ik}\, b_{kj} .$$

The sizes on the edges say when this works. The row of `A` and the column of `B` must be equally long; their size, $p$, is
added up and gone. What is left are the two outer sizes: $(n, p)$ times $(p, m)$ is $(n, m)$.

## One nudge

**Predict, then run.** Nudge one entry, `A[0, 1]`, from 5 to 5.01. How many of the eight entries of `C` notice? By
how many times the nudge does each of them move? The picture above helps.
"""

# %%
nudged = A.copy()
nudged[0, 1] += 0.01
print(((nudged @ B - A @ B) / 0.01).round(2))

# %% [markdown]
r"""
The whole row 0 of `C` moves, and nothing else. How much each entry moves is written in row 1 of `B`, because 5 was
multiplied by just these numbers. The next picture shows it: each of them stands above the entry that it moves.
"""

# %% tags=["figure"]
def what_a_nudge_moves():
    moved = np.zeros(C.shape)
    moved[0] = B[1]
    text = (
        "A[0, 1] is marked, and row 1 of B: 3, 8, -5, 7. For each unit of the nudge, row 0 of C "
        "moves by 3, 8, -5, 7, each below its number in B. Row 1 of C does not move."
    )
    marked = (0, 1), 1, 0
    return corner("A nudge of A[0, 1]", text, (A, B, moved), marked, "how far C moves")


what_a_nudge_moves()

# %% [markdown]
r"""
Now the loss. The upstream gradient, `out_grad`, says how much *it* moves when an entry of `C` is nudged: one number for
each entry. Say its row 0 is 5, -4, 3, 6. Then `A[0, 1]` reaches the loss along four paths, and what arrives at the same
place adds up:
"""

# %%
out_grad = np.array([[5.0, -4.0, 3.0, 6.0],
                     [-7.0, 9.0, 8.0, -3.0]])
print(out_grad[0] * B[1])
print(sum(out_grad[0, j] * B[1, j] for j in range(4)))

# %% [markdown]
r"""
So the gradient for `A[0, 1]` is 10: row **0** of `out_grad` and row **1** of `B`, pair by pair, added up. And for any
entry `A[i, k]` it is row $i$ of the one and row $k$ of the other:

$$\frac{\partial L}{\partial a_{ik}} = \sum_j \frac{\partial L}{\partial c_{ij}}\, b_{kj} .$$

You could write this with three loops. But pairs that are multiplied and added up are what a matrix product is made of,
so it can do the same in one go. Only, `@` pairs a row on its left with a **column** on its right. Here two rows want to
meet, so something has to be turned first: `transpose(t)` swaps the axes of a Tensor, $(n, m)$ becomes $(m, n)$.

Shapes will tell you where. A gradient has the shape of its input, and there are not many ways to get it:

| gradient for | has shape | is made of `out_grad` (2, 4) and |
|---|---|---|
| `A` | (2, 3) | `B` (3, 4) |
| `B` | (3, 4) | `A` (2, 3) |

### 7.1 Two matrices

*3 points · 20 minutes · difficulty 3 of 5*

Write `MatMul2D` for two Tensors with two axes each. First do for `B` what was done above for `A`: if `B[1, 2]` is nudged,
which entries of `C` move, and by how much? With the numbers above its gradient comes out as -9. Then turn both sums over
pairs into products of whole matrices.

`forward` gets arrays. In `backward` everything is a Tensor of `babygrad`, and those know `@` already; in their errors it
is called `MatMul`. The notebook's matrices have capital letters, so that `a` and `b` can be your own: the two inputs, in
the tuple `node._inputs`.
"""

# %% tags=["solution:matmul_2d"]
#| export
class MatMul2D(Function):
    """The product of two matrices."""

    def forward(self, a, b):
        """a, b: ndarrays of shapes (n, p) and (p, m). Returns one of shape (n, m), same dtype."""
        ### BEGIN SOLUTION
        return a @ b
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradients of the loss with respect to both inputs.

        out_grad: Tensor of shape (n, m). node: Tensor, the product; its inputs are node._inputs.
        Returns a tuple of two Tensors, of shapes (n, p) and (p, m), in the dtype of the inputs.
        With the numbers above, the first has 10 at [0, 1], and the second -9 at [1, 2].
        """
        ### BEGIN SOLUTION
        a, b = node._inputs
        return out_grad @ transpose(b), transpose(a) @ out_grad
        ### END SOLUTION

# %% tags=["check:matmul_2d:3"]
check("07_matmul/MatMul2D", MatMul2D)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Nudge `B[k, j]`. In the corner picture, everything below it moves: column `j` of `C`. Each entry there moves by what it
was multiplied by, and that stands in `A`: in a row, or in a column?
</details>
<details><summary>Hint 2: the shapes</summary>

For each gradient write down four shapes: `out_grad`, the other input, and both of them turned. Two of the four fit
together in the middle *and* leave the shape that you want outside. Which one has to be on the left?
</details>
<details><summary>Hint 3: nearly there</summary>

| gradient for | left factor | right factor | result |
|---|---|---|---|
| `A` | (2, 4) | (4, 3) | (2, 3) |
| `B` | (3, 2) | (2, 4) | (3, 4) |

Each factor is `out_grad` or an input, as it is or turned. The size in the middle is the one that the sum runs over.
</details>
"""

# %% [markdown]
r"""
Here are the gradients that your rule gives for the numbers above, each beside its input. The marked ones are the 10 and
the -9.
"""

# %% tags=["figure"]
def each_beside_its_input():
    node = MatMul2D()(Tensor(A), Tensor(B))
    for_a, for_b = (grad.data for grad in node._op.backward(Tensor(out_grad), node))
    marked = {"for A": np.zeros(A.shape, bool), "for B": np.zeros(B.shape, bool)}
    marked["for A"][0, 1] = marked["for B"][1, 2] = True
    text = f"The gradient for A is {for_a.tolist()}, the one for B is {for_b.tolist()}."
    arrays = {"A": A, "for A": for_a, "B": B, "for B": for_b}
    return tiles("Two inputs and their gradients", text, arrays, marked=marked)


each_beside_its_input()

# %% [markdown]
r"""
## What square matrices hide

Shapes have led you to the rule. How far can they be trusted? The next cell takes four **wrong** rules for the gradient of
`a` in `a @ b` and compares them with nudging (`numeric_gradient` of lesson 02), on three kinds of matrices: with sizes that
all differ, square ones, and square ones where `b` is symmetric as well (`b` and its transpose are the same).

**Predict, then run.** How many of the four will stop with an error on square matrices? Does any of them give the right
numbers somewhere?
"""

# %%
wrong_rules = {
    "out_grad @ b": lambda g, b: g @ b,
    "b @ out_grad": lambda g, b: b @ g,
    "out_grad.T @ b": lambda g, b: g.T @ b,
    "b @ out_grad.T": lambda g, b: b @ g.T,
}

def outcome(rule, a, b, g):
    right, _ = numeric_gradient(np.matmul, (a, b), g)
    try:
        found = rule(g, b)
    except ValueError:
        return "stops"
    if found.shape != right.shape:
        return "wrong shape"
    return "RIGHT" if np.allclose(found, right) else "wrong numbers"

rng = np.random.default_rng(7)
square_a, square_b, square_g = rng.normal(size=(3, 3, 3))
symmetric_b = square_b + square_b.T
print(f"{'':16}{'all different':16}{'square':16}symmetric b")
for name, rule in wrong_rules.items():
    tried = [(A, B, out_grad), (square_a, square_b, square_g), (square_a, symmetric_b, square_g)]
    print(f"{name:16}" + "".join(f"{outcome(rule, *arrays):16}" for arrays in tried))

# %% [markdown]
r"""
Where all sizes differ, factors in a wrong order or wrongly turned show themselves: the rule stops, or its shape is
wrong. With square matrices all of them run, and every shape is right; only the numbers are not. And where `b` is
symmetric, so that turning it changes nothing, the first one gives the right answer. So **try a rule with sizes that all
differ**. The checks of this course do, and they look at the numbers too: `reshape(B, (4, 3))` has the shape of a turned
`B`, but other rows.

## Many products at once

An array with more than two axes counts as a stack of matrices. `@` looks at the last two axes of each side. Everything
in front of them is the **batch**: it says how many products there are, and it broadcasts as in lesson 06.

**Predict, then run.** Which shapes do these products have? Write down all four.
"""

# %%
def product_shape(shape_a, shape_b):
    return (np.zeros(shape_a) @ np.zeros(shape_b)).shape

print(product_shape((6, 2, 3), (6, 3, 5)))
print(product_shape((6, 2, 3), (3, 5)))
print(product_shape((2, 3), (6, 3, 5)))
print(product_shape((6, 1, 2, 3), (4, 3, 5)))

# %% [markdown]
r"""
The first three are (6, 2, 5): six products of one size. In the first, each item of the batch has a `b` of its own. In the
second, one `b` serves all six. That is the usual case in a network: `b` is a **weight**, and each
item of the batch is multiplied by the very same one. The last is (6, 4, 2, 5): the batch axes (6, 1) and (4,) broadcast to
(6, 4).

What happens to the gradient of a shared weight? Nudge one entry of it. Each item's product moves, and each of them
moves the loss. Take three items, by which the loss moves 15, -8 and 9 times the nudge. The picture shows the way back:
"""

# %% tags=["figure"]
diagram(
    "One weight, three uses: the way back",
    "From the loss, arrows lead back to the products x[0] @ W, x[1] @ W and x[2] @ W, and from "
    "all three to one entry of the weight W. The numbers 15, -8 and 9 arrive there.",
    {
        "loss": (0, 70, "the loss"),
        "0": (190, 0, "x[0] @ W"),
        "1": (190, 70, "x[1] @ W"),
        "2": (190, 140, "x[2] @ W"),
        "W": (420, 70, "one entry of W\nits gradient: ?"),
    },
    [
        *[("loss", item, "") for item in "012"],
        *[(item, "W", sent) for item, sent in [("0", "15"), ("1", "-8"), ("2", "9")]],
    ],
)

# %% [markdown]
r"""
One nudge of W moves the loss along all three paths, and gradients that arrive at the same Tensor add up: 16. Not their mean:
nobody divided anything on the way forward.

### 7.2 Batches

*3 points · 15 minutes · difficulty 3 of 5*

Write `MatMul` for Tensors with **two or more** axes each. Any number of batch axes may stand in front, and these
broadcast; what was repeated on the way forward has to be added up on the way back.

A worked one: let `a` be `[[[3, 5]], [[-4, 7]]]`, two items of shape (1, 2), and let `b` of shape (2, 3) be shared. Its
entry `b[0, 0]` is multiplied by the 3 and by the -4, and goes into column 0 of both products. If `out_grad` has a 5 there
in the first item and a -6 in the second, its gradient is

$$3 \cdot 5 + (-4) \cdot (-6) = 39 .$$

From `babygrad` you have `transpose(t)`, which swaps the **last two** axes and leaves the batch alone (the `.T` of a NumPy
array reverses *all* axes), and `unbroadcast(grad, shape)`, which adds up what broadcasting from `shape` has repeated, and
returns `grad` as it is if nothing was.

Data, such as a batch of images, requires no gradient: return None in its place, as in 4.11. That spares a product as large
as `a @ b`.
"""

# %% tags=["solution:matmul"]
#| export
class MatMul(Function):
    """The product of two matrices, or of two batches of them."""

    def forward(self, a, b):
        """a, b: ndarrays of shapes (…, n, p) and (…, p, m). Returns one of shape (…, n, m)."""
        ### BEGIN SOLUTION
        return a @ b
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradients of the loss with respect to both inputs.

        out_grad: Tensor of shape (…, n, m). node: Tensor, the product; its inputs are node._inputs.
        Returns a tuple of two: for each input a Tensor with exactly its shape; None may stand for
        one that requires no gradient.
        For inputs of shapes (6, 2, 3) and (3, 5), these are (6, 2, 3) and (3, 5).
        """
        ### BEGIN SOLUTION
        a, b = node._inputs
        a_grad = b_grad = None
        if a.requires_grad:
            a_grad = unbroadcast(out_grad @ transpose(b), a.shape)
        if b.requires_grad:
            b_grad = unbroadcast(transpose(a) @ out_grad, b.shape)
        return a_grad, b_grad
        ### END SOLUTION

# %% tags=["check:matmul:3"]
check("07_matmul/MatMul", MatMul)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Within one item of the batch nothing is new: it is the rule of 7.1. What is new comes after it, where an input had fewer
matrices than the result.
</details>
<details><summary>Hint 2: the shapes</summary>

Take shapes (6, 2, 3) and (3, 5). Apply your rule of 7.1 as it is: which shape does the gradient for `b` have, and which
one should it have? Which of the two given functions leads from the first to the second?
</details>
<details><summary>Hint 3: nearly there</summary>

There are two steps for each input: the product, as in 7.1, and then the sum over what was repeated. Either input may be the
shared one, and a batch axis of size 1 counts as repeated, too. The second step needs no `if`:
where nothing was repeated, it does nothing.
</details>
"""

# %% [markdown]
r"""
The picture lets your `MatMul` answer twice. On the left, each of three items has a copy of the weight of its own, and so each
copy gets a gradient of its own. On the right they share one weight.
"""

# %% tags=["figure"]
def copied_and_shared():
    x = np.array([[[3.0, 5.0]], [[-4.0, 7.0]], [[6.0, -3.0]]])
    W = np.array([[6.0, -3.0, 4.0], [5.0, 8.0, -7.0]])
    upstream = Tensor([[[5.0, -4.0, 3.0]], [[-6.0, 7.0, 9.0]], [[8.0, 4.0, -5.0]]])
    grads = []
    for weight in (np.stack([W, W, W]), W):
        node = MatMul()(Tensor(x), Tensor(weight))
        grads.append(node._op.backward(upstream, node)[1].data)
    arrays = {"for each copy": grads[0], "for the shared W": grads[1]}
    first = {name: np.zeros(array.shape, bool) for name, array in arrays.items()}
    for mask in first.values():
        mask[..., 0, 0] = True
    text = f"Three copies: {grads[0].tolist()}. The shared one: {grads[1].tolist()}."
    return tiles("Copied and shared", text, arrays, between=["add up"], marked=first)


copied_and_shared()

# %% [markdown]
r"""
**Predict, then run.** A batch of six items with two rows each, times one weight. Or all twelve rows in a single
matrix, times the same weight. Does the weight get the same gradient both times?
"""

# %%
def weight_gradient(x, W, upstream):
    node = MatMul()(Tensor(x), Tensor(W))
    return node._op.backward(Tensor(upstream), node)[1].data

x, W, upstream = rng.normal(size=(6, 2, 3)), rng.normal(size=(3, 5)), rng.normal(size=(6, 2, 5))
stacked = weight_gradient(x, W, upstream)
in_one = weight_gradient(x.reshape(12, 3), W, upstream.reshape(12, 5))
print(stacked.shape, in_one.shape, np.allclose(stacked, in_one))

# %% [markdown]
r"""
It does. A matrix already shares its weight among its *rows*: the sum in your rule of 7.1 runs over them. That is
why a layer adds up the gradients of all its examples without being told.

## Vectors

Arrays with a single axis take part in `@`, too. A 1-D array on the left stands for a matrix with one **row**, on the
right for a matrix with one **column**. The axis that was invented is not in the result:

| product | is computed as | result |
|---|---|---|
| (3,) @ (3,) | (1, 3) @ (3, 1) | () |
| (2, 3) @ (3,) | (2, 3) @ (3, 1) | (2,) |
| (3,) @ (3, 5) | (1, 3) @ (3, 5) | (5,) |
| (3,) @ (6, 3, 5) | (1, 3) @ (6, 3, 5) | (6, 5) |

Does this need new rules for backward? No. Making a row of a vector is `reshape`, and `reshape` knows its way
back since lesson 05. A function that is put together from operations has its gradient for free.

### 7.3 A vector on either side

*1 point · 20 minutes · difficulty 4 of 5*

Write the function that everybody will call. It gives `MatMul` nothing but Tensors with two or more axes, and takes invented
axes out of the result again. Two Tensors that are matrices already go straight through.

Remember that only Tensor operations leave a history. For example, (3,) times (6, 3, 5) is (6, 1, 5) for `MatMul`, and
(6, 5) for the caller. The size of the last axis but one is `c.shape[-2]`, and all sizes before the last two are
`c.shape[:-2]`, a tuple, which may be empty. Take care which axis you take out: there may be others of size 1, and those
stay.
"""

# %% tags=["solution:vectors"]
#| export
def matmul(a, b):
    """a @ b, for Tensors, arrays or lists with one axis or more. Returns a Tensor.

    A 1-D a counts as a row, a 1-D b as a column: shapes (6, 2, 3) and (3,) give (6, 2).
    """
    a, b = _ensure_tensor(a), _ensure_tensor(b)
    ### BEGIN SOLUTION
    if a.ndim > 1 and b.ndim > 1:
        return MatMul()(a, b)
    rows = reshape(a, (1, a.size)) if a.ndim == 1 else a
    columns = reshape(b, (b.size, 1)) if b.ndim == 1 else b
    c = MatMul()(rows, columns)
    n = () if a.ndim == 1 else (c.shape[-2],)
    m = () if b.ndim == 1 else (c.shape[-1],)
    return reshape(c, (*c.shape[:-2], *n, *m))
    ### END SOLUTION

# %% tags=["check:vectors:1"]
check("07_matmul/matmul", matmul)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

There are three steps: make matrices of the vectors, multiply, take the invented axes out. The first and the last are the same
operation.
</details>
<details><summary>Hint 2: the shapes</summary>

`t.ndim` says how many axes a Tensor has, `t.size` how many elements. The axis that came from a 1-D `a` is the
last but one of the result; the axis that came from a 1-D `b` is the last.
</details>
<details><summary>Hint 3: nearly there</summary>

The shape of the answer has three pieces: the batch, which is always there, the number of rows and the number of
columns. Which of them are missing depends on what `a` and `b` were when they came in. Tuples are joined by `+`.
</details>
"""

# %% [markdown]
r"""
## The sign

When Python meets `a @ b` it calls `a.__matmul__(b)`. If the left side is a list, or an array (which gives way because
Tensor tells NumPy to), it calls `b.__rmatmul__(a)` instead, the reflected one: there `self` stands on the **right**. For
`+` and `*` the difference hardly mattered.

**Predict, then run.** Is a product of matrices the same with its sides exchanged? Try it on square ones, where both
exist.
"""

# %%
one = np.array([[3.0, 5.0], [-4.0, 7.0]])
other = np.array([[6.0, -3.0], [8.0, 4.0]])
print(one @ other)
print(other @ one)

# %% [markdown]
r"""
No entry is the same. So mind who is where.

### 7.4 The operator

*1 point · 5 minutes · difficulty 1 of 5*

As before, `class Tensor(Tensor)` continues the class, and Tensors that you make from here on use *your* two methods.
Let `matmul` do the work: it knows about vectors, and wraps what is no Tensor. For example, an array of shape (4, 2) times a
Tensor of shape (2, 3) is a Tensor of shape (4, 3).
"""

# %% tags=["solution:operator"]
#| export
class Tensor(Tensor):
    """An array that remembers where it came from, with @."""

    def __matmul__(self, other):
        """What self @ other means."""
        ### BEGIN SOLUTION
        return matmul(self, other)
        ### END SOLUTION

    def __rmatmul__(self, other):
        """What other @ self means, where other is no Tensor."""
        ### BEGIN SOLUTION
        return matmul(other, self)
        ### END SOLUTION

# %% tags=["check:operator:1"]
check("07_matmul/operator", Tensor)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Each method is one line that passes its two arguments on.
</details>
<details><summary>Hint 2: the sides</summary>

In the reflected one, write down what the caller wrote. Which of the two names stood on the left there?
</details>
<details><summary>Hint 3: nearly there</summary>

An `@` between Tensors inside these methods would call them again, without end. Call the function of 7.3, and mind the
order of its arguments.
</details>
"""

# %% [markdown]
r"""
## A layer of your own

This is what it was for. Five examples with three numbers each, a weight, a bias: `x @ W + b` is one **layer** of a neural
network. The `@` in it is yours, because `x` and `W` are made by your class; what operations return are Tensors of
`babygrad`. The finished `backward`, which you write yourself in the next lesson, calls your rule with a random upstream
gradient. Each box shows its shape and, if it gets a gradient, that one's shape.
"""

# %% tags=["figure"]
def layer():
    rng = np.random.default_rng(7)
    x = Tensor(rng.normal(size=(5, 3)), requires_grad=False)
    W, b = Tensor(rng.normal(size=(3, 6))), Tensor(rng.normal(size=6))
    h = x @ W
    y = h + b
    y.backward(rng.normal(size=(5, 6)))
    return draw(y, x=x, W=W, b=b, h=h, y=y)


layer()

# %% [markdown]
r"""
Every gradient has the shape of its own Tensor. No gradient of `W` or `b` has an axis of size 5: both were
shared by all five examples, and what these sent back was added up. The input `x` is a constant, and got none.

## What you have now

| name | what it does | gradient rule |
|---|---|---|
| `MatMul2D` | product of two matrices | the nudge of an entry, summed over a row or a column: two matrix products |
| `MatMul` | the same for the last two axes, batches broadcast | the same, then `unbroadcast` for each input |
| `matmul`, `@` | 1-D operands as row or column | none of its own: `reshape` and `MatMul` have theirs |

And two things to keep: *try a rule with sizes that all differ*, and *what is shared collects a sum*.

By now every operation knows how to take one step back. What is missing is somebody who calls them all, in the right
order, for any graph. That is lesson 08.
"""
