# %% [markdown]
r"""
# 15 · Convolution

*10 points · about 50 minutes*

This lesson is optional: nothing in the course needs it.

**After this you can**

- write a convolution as what it is: cut out all windows, then one matrix product;
- say why the gradient of a pixel is a sum over windows, and add it up without losing any;
- train a network that looks at neighbouring pixels, and turn its gradients against it.

**You need** your notebooks of lessons 01 to 11, as far as you have got, and lesson 12 for the comparison. What is missing, or not right
yet, is borrowed. Each check judges its exercise alone; a mistake in 15.1 costs nothing in 15.2. The cells after an exercise need your
answer to it: if one stops with `NotImplementedError` or `NameError`, an exercise above it is still open.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from autograder.export import library
from babygrad.data import digits
from babygrad.plot import axes, described
from babygrad.progress import progress
from babygrad.tiles import tiles

# %% [markdown]
r"""
As in lesson 12, the next cell gathers what you have written into a package, `mybabygrad`. It takes up to half a minute, the
second time less.
"""

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
IMAGE = np.array([[7, 4, 9, 3], [5, 8, 6, 11], [12, 15, 10, 14]])
WINDOWS = np.array([IMAGE[i : i + 2, j : j + 2].ravel() for i in range(2) for j in range(3)])


def windows_picture(title, text, in_image, in_windows):
    """The image and its windows as rows, with some of their numbers marked."""
    arrays = {"image": IMAGE, "windows": WINDOWS}
    marked = {"image": in_image, "windows": in_windows}
    return tiles(title, text, arrays, between=["unfold"], marked=marked)


def a_window():
    inside = np.zeros((3, 4), bool)
    inside[0:2, 1:3] = True
    text = (
        "An image of 3 rows and 4 columns. The window with 4, 9 above 8, 6 is marked; it becomes "
        "row 1 of six rows: 4, 9, 8, 6."
    )
    return windows_picture("A window becomes a row", text, inside, np.arange(6)[:, None] == 1)


a_window()

# %% [markdown]
r"""
The operation that does this is called `Unfold`.

**Forward.** Look at the columns of the array on the right, not at its rows. The first holds the first pixel of every window: 7, 4, 9,
5, 8, 6. That is one slice of the image, its upper left part. The second holds the pixel to the right of it: the same slice, one
further to the right. So there are $k \cdot k$ slices, one for each **offset** within the window, all of the same size.

**What for?** A **kernel** is as many weights as a window has pixels, say $3, -1, 5, 2$. The marked window and this kernel give one
number:

$$4 \cdot 3 + 9 \cdot (-1) + 8 \cdot 5 + 6 \cdot 2 = 55$$

It is large where the image looks like the kernel, and also where it is merely bright. With all windows as rows and each kernel as a
column, one matrix product answers for all windows and all kernels. That is a **convolution**: unfold, then matmul. You have had the
product since lesson 07. What is missing is `Unfold`.

**Backward.** Unfolding computes nothing; it *copies*. Look for the 8:
"""

# %% tags=["figure"]
def a_pixel():
    text = (
        "The same image, with the 8 in row 1, column 1 marked. Among the windows it stands four "
        "times: last in row 0, third in row 1, second in row 3, first in row 4."
    )
    return windows_picture("A pixel in four windows", text, IMAGE == 8, WINDOWS == 8)


a_pixel()

# %% [markdown]
r"""
Nudge this pixel, and four numbers move. So its gradient is the sum of four upstream numbers. That of the 7 in the corner is a single
one. You know this from lesson 06: what was copied on the way forward is added on the way back.

### 15.1 Unfold, and the way back

*8 points · 30 minutes · difficulty 4 of 5*

Five images of 3 by 4 pixels and windows of 2 by 2 give an array of shape (5, 2, 3, 4). With N images of H by W and windows of k by k:

$$(N,\; H - k + 1,\; W - k + 1,\; k \cdot k)$$

In the example, the slice for the offset (down 0, right 1) is `images[:, 0:2, 1:4]`: every image, rows 0 and 1, columns 1 to 3. The
offsets go line by line: (0, 0), (0, 1), (1, 0), (1, 1). `np.stack(slices, axis=-1)` lays a list of arrays side by side along a new
last axis.

`backward` finds the images in `node._inputs[0].data`. It starts with zeros of their shape and dtype, which `np.zeros_like(array)`
makes, and adds each part of `out_grad` to the slice that it came from. `out_grad.data[..., 3]` is the part for offset number 3. Work
with arrays, and wrap the finished one in `Tensor(…)` at the end. (It has no history: training needs no second derivative.)

A trap: `grad[places] += …`, with an array of places in which pixels repeat. NumPy adds to each place once. Within a slice none repeats,
so a loop over the offsets is safe.
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
In backward, `out_grad` has these two numbers in its shape.
</details>
<details><summary>Hint 3: nearly there</summary>

Forward: an empty list, two loops, `append` of the slice; after the loops, stack and return. Backward: zeros, the loops, `+=` on the
slice; the number of the offset counts up by one in each round. Or, with one loop over the numbers: `divmod(5, 3)` is (1, 2), which are
`down` and `right` of number 5 in windows of 3 by 3.
</details>
"""

# %% [markdown]
r"""
**Predict, then run.** Windows of 3 by 3 on an image of 8 by 8. The gradient of the sum of all windows counts how many
windows hold a pixel. What is it in a corner, in the middle of an edge, in the middle of the image?
"""

# %% tags=["figure"]
def how_many_windows():
    image = Tensor(np.zeros((1, 8, 8)))
    Unfold(3)(image).sum().backward()
    counts = image.grad[0].astype(int)
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

Eight kernels of 3 by 3 make 8 channels of 6 by 6 numbers of each digit. After a relu they are laid in a row, and one Linear layer makes
ten logits of them. `Linear(9, 8)` keeps the weights and biases of the kernels.
"""

# %%
class ConvNet(Module):
    def __init__(self):
        self.kernels = Linear(9, 8, rng=51)
        self.last = Linear(6 * 6 * 8, 10, rng=52)

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
(The images are constants: `requires_grad=False`. Training changes weights, not pixels.)
"""

# %%
optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
rng = np.random.default_rng(5)
for _ in progress(range(20), "epochs"):
    order = rng.permutation(len(labels))
    for start in range(0, len(order), 32):
        some = order[start : start + 32]
        optimizer.zero_grad()
        batch = Tensor(images[some], requires_grad=False)
        softmax_loss(model(batch), labels[some]).backward()
        optimizer.step()
print(f"{share_right(model, test_images, test_labels):.0%} of the held-out digits are right")

# %% tags=["figure"]
def without_frame(ax):
    ax.set(xticks=[], yticks=[])
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)


def kernels_and_answers():
    one, weights = images[3:4], model.kernels.weight.data
    with no_grad():
        seen = conv(Tensor(one), model.kernels.weight, model.kernels.bias, 3).relu().data[0]
    figure, panels = axes(rows=2, columns=9, width=9.6, height=2.6)
    panels[0][0].imshow(one[0], cmap="gray_r")
    panels[0][0].set_title("digit", fontsize=9)
    panels[1][0].set_visible(False)
    darkest = seen.max()
    for number, (above, below) in enumerate(panels.T[1:]):
        above.imshow(weights[:, number].reshape(3, 3), cmap="RdBu", vmin=-2, vmax=2)
        above.set_title(f"kernel {number}", fontsize=9)
        below.imshow(seen[..., number], cmap="gray_r", vmin=0, vmax=darkest)
    for ax in np.ravel(panels):
        without_frame(ax)
    text = (
        f"A {labels[3]}, then the eight learned kernels of 3 by 3, blue for positive weights, red "
        "for negative ones. Below each kernel its answers, all on one scale: the darker, the "
        "larger. Some answer on bare paper, too."
    )
    return described(figure, "Learned kernels, and their answers to one digit", text)


kernels_and_answers()

# %% [markdown]
r"""
Nobody told it what a stroke is. Where a kernel is blue it wants ink, and where it is red, paper. So one that is blue on one side and
red on the other answers at edges of one direction, and each answers to parts of its own. Some also answer on bare paper: that is their
bias.

| network | weights | held-out digits that are right |
|---|---|---|
| lesson 12, dense | 7510 | 98 percent, 352 of 359 |
| today, eight kernels | 2970 | 98 percent, 352 of 359 |

(These are the numbers with the solutions of this course.) What to make of that? One digit of the 359 is 0.3 percent. In thirty
attempts with other first weights, the dense one read 349 to 355, and this one 348 to 355. So they are about equally good, and this
one needs fewer than half the weights. On images of 8 by 8, that is all it wins. In larger ones, windows pay: a dense layer grows with every
pixel, a kernel does not. (Of the 2970 weights here, 2890 are the dense layer behind the kernels, and that one grows.)

## What the pixels are worth

In training, your `backward` of 15.1 had a rest: below the only convolution there are pixels, which nobody wants to change. So let us
want that. The gradient of the loss says for each pixel: would more ink make the loss larger, or smaller?

A pixel is a number from 0 to 1. Move each by 0.2, up or down, and cut off what goes below 0 or above 1: once at random, and once
**uphill**, in the direction of its gradient's sign.

**Predict, then run.** Of ten held-out digits, the network reads nearly all. How many after the random nudges, and how many after those
uphill?
"""

# %%
pixels = Tensor(test_images)
softmax_loss(model(pixels), test_labels).backward()
signs = {
    "at random": np.random.default_rng(7).choice([-1, 1], pixels.shape),
    "uphill": np.sign(pixels.grad),
}
nudged = {how: np.clip(test_images + 0.2 * sign, 0, 1) for how, sign in signs.items()}
for how, changed in nudged.items():
    right = 10 * share_right(model, changed, test_labels)
    print(f"nudged {how}: {right:.0f} of 10 digits are right")

# %% tags=["figure"]
def read_as(changed):
    with no_grad():
        return model(Tensor(changed)).data.argmax(axis=1)


def nudged_digits():
    rows = {"as they are": test_images, **nudged}
    right = read_as(test_images) == test_labels
    some = [np.flatnonzero(right & (test_labels == digit))[0] for digit in range(10)]
    figure, panels = axes(rows=3, columns=10, width=9.6, height=3.5)
    readings = []
    for line, (how, changed) in zip(panels, rows.items(), strict=True):
        read = read_as(changed[some])
        readings.append(f"{how}: {', '.join(map(str, read))}")
        for ax, image, number in zip(line, changed[some], read, strict=True):
            ax.imshow(image, cmap="gray_r", vmin=0, vmax=1)
            ax.set_title(f"read as {number}", fontsize=8)
            without_frame(ax)
        line[0].set_ylabel(how, fontsize=9)
    text = f"Ten digits in three versions, and what the network reads. {'; '.join(readings)}."
    return described(figure, "Digits, nudged at random and uphill", text)


nudged_digits()

# %% [markdown]
r"""
Either way the pixels move about equally far, and to you the two lower rows are about equally hard to read. Random nudges hardly matter:
what some add to the loss, others take from it. Uphill, they all add. Such images are called **adversarial**. Large networks fall for
nudges that nobody can see.

And here a mistake in your `backward` shows. With the array of places that 15.1 warns of, many signs are wrong, and six of ten digits
are still read right.

## What you have built

| name | what it does |
|---|---|
| `Unfold` | copies all windows into rows; adds up their gradients on the way back |
| `conv` | all windows times all kernels, plus the bias |

**Where to go.** Ask lesson 09's `gradcheck` about your `Unfold`. Train on nudged digits, too: does the network become harder to fool? Or
apply a second convolution to what the first has made: its windows then hold all channels, and unfolding needs one axis more.
"""
