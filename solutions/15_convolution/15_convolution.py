# %% [markdown]
r"""
# 15 · Convolution

*10 points · about 50 minutes*

This lesson is optional: nothing in the course needs it.

**After this you can**

- write a convolution as what it is: cut out all windows, then one matrix product;
- say why the gradient of a pixel is a sum over windows, and add it up without losing any;
- train a network that looks at neighbouring pixels, and compare it fairly with one that does not.

**You need** lessons 06 and 12. The first cell gathers your library, as in lesson 12; what is missing is borrowed. The cells after an
exercise need your answer to it.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from autograder.export import library
from babygrad.data import digits
from babygrad.plot import axes, described
from babygrad.progress import progress
from babygrad.tiles import tiles

# %% tags=["given:library"]
library("mybabygrad")

# %% tags=["given:names"]
from mybabygrad import Function, Tensor, no_grad
from mybabygrad.nn import Linear, Module, softmax_loss
from mybabygrad.optim import SGD

# %% [markdown]
r"""
## Windows

The network of lesson 12 got its 64 pixels in a row. It could not know which of them are neighbours. But strokes and corners are a
matter of neighbours, and a corner is a corner wherever it lies.

So look through a small **window**, and slide it over the image, one pixel at a time. In an image of 3 rows and 4 columns, a
window of 2 by 2 has 2 places from top to bottom and 3 from left to right. Each window becomes a row of 4 numbers, line by line.
"""

# %% tags=["figure"]
def a_window():
    image = np.array([[7, 4, 9, 3], [5, 8, 6, 11], [12, 15, 10, 14]])
    rows = [image[i : i + 2, j : j + 2].ravel() for i in range(2) for j in range(3)]
    inside = np.zeros((3, 4), bool)
    inside[0:2, 1:3] = True
    text = (
        "An image of 3 rows and 4 columns. The window with 4, 9 above 8, 6 is marked; it becomes "
        "row 1 of six rows: 4, 9, 8, 6."
    )
    arrays = {"image": image, "windows": np.array(rows)}
    marked = {"image": inside, "windows": np.arange(6)[:, None] == 1}
    return tiles("A window becomes a row", text, arrays, between=["unfold"], marked=marked)


a_window()

# %% [markdown]
r"""
A **kernel** is as many weights as a window has pixels, say $3, -1, 5, 2$. The marked window and this kernel give one number:

$$4 \cdot 3 + 9 \cdot (-1) + 8 \cdot 5 + 6 \cdot 2 = 55$$

It is large where the image looks like the kernel. With all windows as rows and each kernel as a column, one matrix product
answers for all windows and all kernels. That is a **convolution**: unfold, then matmul. You have the product since lesson 07. What is
missing is `Unfold`.

**Forward.** Look at the columns of the array on the right, not at its rows. The first holds the first pixel of every window: 7, 4, 9, 5, 8, 6.
That is one slice of the image, its upper left part. The second holds the pixel to the right of it: the same slice, one further to the
right. So there are $k \cdot k$ slices, one for each **offset** within the window, all of the same size.

**Backward.** Unfolding computes nothing; it *copies*. The 8 in the middle stands in four of the six rows. Nudge this pixel, and four
numbers move. So its gradient is the sum of four upstream numbers, and that of the 7 in the corner is a single one. You know this
from lesson 06: what was copied on the way forward is added on the way back.

### 15.1 Unfold, and the way back

*8 points · 30 minutes · difficulty 4 of 5*

For N images of H by W pixels and windows of k by k, `forward` makes an array of shape

$$(N,\; H - k + 1,\; W - k + 1,\; k \cdot k)$$

With k = 2, the slice for the offset (down 0, right 1) of all images is `images[:, 0:2, 1:4]`: every image, rows 0 and 1, columns 1 to 3.
`np.stack(slices, axis=-1)` lays a list of arrays side by side along a new last axis. The offsets go line by line: (0, 0), (0, 1), (1, 0),
(1, 1).

`backward` starts with zeros in the shape of the images, and adds each part of `out_grad` to the slice that it came from.
`out_grad.data[..., 3]` is the part for offset number 3. Work with arrays here, and return `Tensor(…)` of the sum. Such a backward
leaves no history of its own, so it is differentiable once only. Training needs no more.

(A trap: `grad[places] += …` with an array of places in which pixels repeat. NumPy reads, adds and writes each place once. Within one
slice no pixel repeats, so a loop over the offsets is safe.)
"""

# %% tags=["solution:unfold"]
class Unfold(Function):
    """All windows of some images, each as a row of size * size numbers."""

    def __init__(self, size):
        """size: how many rows and columns a window has."""
        self.size = size

    def forward(self, images):
        """images: array of shape (N, H, W). Returns (N, H-size+1, W-size+1, size*size)."""
        ### BEGIN SOLUTION
        size = self.size
        rows, columns = images.shape[1] - size + 1, images.shape[2] - size + 1
        offsets = [(down, right) for down in range(size) for right in range(size)]
        slices = [images[:, down : down + rows, right : right + columns] for down, right in offsets]
        return np.stack(slices, axis=-1)
        ### END SOLUTION

    def backward(self, out_grad, node):
        """out_grad: Tensor shaped like the output. Returns a Tensor shaped like the images."""
        ### BEGIN SOLUTION
        grad = np.zeros_like(node._inputs[0].data)
        rows, columns = out_grad.shape[1:3]
        for place in range(self.size**2):
            down, right = divmod(place, self.size)
            grad[:, down : down + rows, right : right + columns] += out_grad.data[..., place]
        return Tensor(grad)
        ### END SOLUTION

# %% tags=["check:unfold:8"]
check("15_convolution/Unfold", Unfold)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Both methods have the same two loops, over `down` and `right`, and the same slice in them. Forward reads the slice; backward adds to
it.
</details>
<details><summary>Hint 2: the pieces</summary>

How many rows of windows are there? With 3 rows and a window of 2 there are 2. A slice begins at `down` and ends that many rows later.
In backward, `out_grad` has these two numbers in its shape, and the shape of the images is that of `node._inputs[0]`.
</details>
<details><summary>Hint 3: nearly there</summary>

Forward: an empty list, two loops, `append` of the slice; after the loops, stack and return. Backward: zeros, the loops, `+=` on the
slice. The number of the offset counts up by one in each round; `divmod(5, 3)` is (1, 2), which are its `down` and its `right`.
</details>
"""

# %% [markdown]
r"""
**Predict, then run.** Windows of 3 by 3 on an image of 8 by 8. The gradient of the sum of all windows counts how many
windows hold a pixel. What is it in a corner, in the middle of an edge, in the middle of the image?
"""

# %% tags=["figure"]
def how_many_windows():
    image = Tensor(np.zeros((1, 8, 8)), requires_grad=True)
    Unfold(3)(image).sum().backward()
    counts = np.asarray(image.grad.data)[0].astype(int)
    text = f"How many windows hold each pixel. Corner: {counts[0, 0]}. Edge: {counts[0, 4]}. "
    text += f"Middle: {counts[4, 4]}."
    return tiles("Windows that hold each pixel", text, {"your gradient": counts})


how_many_windows()

# %% [markdown]
r"""
One in a corner, three at an edge, nine in the middle. With the trap from above it would be 1 everywhere. A network with two
convolutions would train on that all the same, with wrong gradients in the first, and nobody would be told.

### 15.2 A convolution

*2 points · 8 minutes · difficulty 2 of 5*

Unfold, multiply, add the bias. Each kernel is a column of `kernels`, each has one number in `bias`, and its results are called a
**channel**. An operation is made with its setting and called with its Tensor: `Unfold(size)(…)`. All the rest happens with Tensors,
so that gradients find their way back by themselves.
"""

# %% tags=["solution:conv"]
def conv(images, kernels, bias, size):
    """Every window times every kernel, plus the kernel's bias.

    images: Tensor (N, H, W). kernels: Tensor (size*size, C). bias: Tensor (C,).
    Returns a Tensor of shape (N, H-size+1, W-size+1, C). A window 4, 9, 8, 6 and
    a kernel 3, -1, 5, 2 with bias 10 give 65.
    """
    ### BEGIN SOLUTION
    windows = Unfold(size)(images)
    return windows @ kernels + bias
    ### END SOLUTION

# %% tags=["check:conv:2"]
check("15_convolution/conv", conv)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

It is a Linear layer, for windows instead of whole images.
</details>
<details><summary>Hint 2: the shapes</summary>

The windows have k·k numbers in their last axis, and the kernels as many rows. Everything before the last axis is batch.
</details>
<details><summary>Hint 3: nearly there</summary>

Two operators after the call of `Unfold`: the one of lesson 07, with the windows on its left, and a plus, which broadcasts.
</details>
"""

# %% [markdown]
r"""
## A network that looks at neighbours

Eight kernels of 3 by 3 give 8 channels of 6 by 6 numbers. After a relu they are laid in a row, and one Linear layer makes ten logits of
them. `Linear(9, 8)` keeps the weights and biases of the kernels.
"""

# %%
class ConvNet(Module):
    def __init__(self):
        self.kernels = Linear(9, 8, rng=3)
        self.last = Linear(6 * 6 * 8, 10, rng=4)

    def forward(self, images):
        seen = conv(images, self.kernels.weight, self.kernels.bias, 3).relu()
        return self.last(seen.reshape((seen.shape[0], -1)))

def share_right(model, images, labels):
    with no_grad():
        return float((model(Tensor(images)).data.argmax(axis=1) == labels).mean())

(images, labels), (test_images, test_labels) = (part.arrays for part in digits())
images, test_images = images.reshape(-1, 8, 8), test_images.reshape(-1, 8, 8)
model = ConvNet()
print(sum(parameter.data.size for parameter in model.parameters()), "weights")

# %% [markdown]
r"""
The network of lesson 12 has 7510 weights, and read 98 percent. This one has 80 in the kernels and 2890 behind them.

**Predict, then run.** With less than half of the weights, trained in the same way for 20 epochs: better, the same, or worse?
"""

# %%
optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
rng = np.random.default_rng(5)
for _ in progress(range(20), "epochs"):
    order = rng.permutation(len(labels))
    for start in range(0, len(order), 32):
        some = order[start : start + 32]
        optimizer.zero_grad()
        softmax_loss(model(Tensor(images[some])), labels[some]).backward()
        optimizer.step()
print(f"{share_right(model, test_images, test_labels):.0%} of the held-out digits are right")

# %% tags=["figure"]
def kernels_and_answers():
    weights = np.asarray(model.kernels.weight.data)
    with no_grad():
        seen = conv(Tensor(images[3:4]), model.kernels.weight, model.kernels.bias, 3).data[0]
    figure, panels = axes(rows=2, columns=8, width=9.2, height=2.8)
    for number in range(8):
        kernel, answer = weights[:, number].reshape(3, 3), np.maximum(seen[..., number], 0)
        panels[0][number].imshow(kernel, cmap="RdBu", vmin=-2, vmax=2)
        panels[1][number].imshow(answer, cmap="gray_r")
        panels[0][number].set_title(f"kernel {number}", fontsize=9)
    for ax in np.ravel(panels):
        ax.set(xticks=[], yticks=[])
        ax.grid(visible=False)
    text = (
        "Above, the eight learned kernels of 3 by 3, blue for positive weights, red for negative "
        f"ones. Below, what each answers to a {labels[3]}: dark where the image looks like it."
    )
    return described(figure, "Learned kernels, and their answers to one digit", text)


kernels_and_answers()

# %% [markdown]
r"""
Nobody told it what a stroke is. A kernel that is blue on one side and red on the other answers at edges of one direction; each answers
to its own parts of the digit.

| network | weights | held-out digits that are right |
|---|---|---|
| lesson 12, dense | 7510 | 98 percent, 352 of 359 |
| today, eight kernels | 2970 | 98 percent, 351 of 359 |

(These are the numbers with the solutions of this course.) What to make of that? One digit of the 359 is 0.3 percent, and with six other first
weights each, the dense one read 351 or 352, this one 351 to 355. So the two are about equally good, and this one needs fewer than half the weights. On images of 8 by 8, that is all it wins. And its training never asked your
`backward`: below the only convolution there are pixels, and nobody wants their gradient. Below a second one there are weights.

In larger images, windows pay: a dense layer grows with every pixel, a kernel does
not.

## What you have built

| name | what it does |
|---|---|
| `Unfold` | copies all windows into rows; adds up their gradients on the way back |
| `conv` | all windows times all kernels, plus the bias |

**Where to go.** Ask lesson 09's `gradcheck` about your `Unfold`. Or apply a second convolution to what the first has made: its windows
then hold all channels, and unfolding needs one axis more.
"""
