# %% [markdown]
r"""
# 13 · MNIST at full size

*10 points · about 55 minutes*

This lesson is optional: nothing after it needs it. You have trained on small digits; here come the famous ones, in the files in
which the world passes them on, and a network that outlives the notebook.

**After this you can**

- read a binary file by its description, and refuse one that is not whole;
- save a trained network in a file from which nothing but numbers can come, and load it again;
- let the learning rate rise and fall, and hold your library against PyTorch, step by step.

**You need** your notebooks of lessons 01 to 11, as far as you have got; what is missing is borrowed. The checks need none of them. The
cells between the exercises need your 13.1 to 13.3: if one stops with `NotImplementedError`, an exercise above it is still open.
"""

# %% tags=["given:imports"]
import io
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # sharing small products costs time
import numpy as np

from autograder import check
from autograder.export import library
from babygrad.plot import axes, described
from babygrad.progress import progress

# %% tags=["given:library"]
library("mybabygrad")

# %% tags=["given:names"]
from mybabygrad import no_grad
from mybabygrad.nn import Linear, ReLU, Sequential, softmax_loss
from mybabygrad.optim import SGD

# %% [markdown]
r"""
As in lesson 12, the table says which parts are *yours*, and from here on everything runs on them.

## A file is a row of bytes

MNIST is 70 000 handwritten digits of 28 by 28 pixels: 60 000 to learn from, 10 000 held out. They come as four files in a format of
their own, **idx**, which is as simple as a format can be. There is no library to ask, and none is needed.

A file is a row of **bytes**, whole numbers from 0 to 255. What they mean, only the format says. Here are the first sixteen bytes of
the file with the 60 000 images:
"""

# %% tags=["figure"]
def header_picture():
    numbers = [0, 0, 8, 3, 0, 0, 234, 96, 0, 0, 0, 28, 0, 0, 0, 28]
    fields = {
        "begins so": (0, 2),
        "bytes": (2, 3),
        "3 axes": (3, 4),
        "60 000 images": (4, 8),
        "28 rows": (8, 12),
        "28 columns": (12, 16),
    }
    figure, ax = axes(width=8.4, height=1.3)
    for place, number in enumerate(numbers):
        ax.text(place + 0.5, 0.5, number, ha="center", va="center", fontsize=12)
    for turn, (words, (start, end)) in enumerate(fields.items()):
        colour = ("#e4effb", "#fff6e0")[turn % 2]
        ax.axvspan(start, end, 1 / 3, 17 / 21, facecolor=colour, edgecolor="#57606a")
        ax.text((start + end) / 2, -0.35, words, ha="center", va="center", fontsize=9)
    for place in range(1, 16):
        ax.plot([place, place], [0, 1], color="#57606a", linewidth=0.5, linestyle="-")
    ax.text(16.3, 0.5, "…", ha="left", va="center", fontsize=12)
    ax.set(xlim=(-0.1, 17), ylim=(-0.7, 1.4))
    ax.axis("off")
    text = (
        "Sixteen bytes in boxes. 0 0: so it begins. 8: the elements are bytes. 3: three axes. "
        "0 0 234 96: 60 000 images. 0 0 0 28: 28 rows. 0 0 0 28: 28 columns. Then the elements."
    )
    return described(figure, "The first sixteen bytes of a file in idx format", text)


header_picture()

# %% [markdown]
r"""
A number above 255 needs several bytes. Each byte counts 256 times as much as the one after it, as each digit of an ordinary number
counts ten times as much: `0 0 234 96` is $234 \cdot 256 + 96 = 60\,000$. The highest comes first, which people call **big-endian**.

**Predict, then run.** The same four bytes of the 28 rows, read from the wrong end. How many rows is that?
"""

# %%
size = bytes([0, 0, 0, 28])
print("highest first:", int.from_bytes(size, "big"))
print("lowest first: ", int.from_bytes(size, "little"))

# %% [markdown]
r"""
Nobody would notice, if it were not so absurd: bytes do not know what they mean.

### 13.1 The idx format

*5 points · 20 minutes · difficulty 3 of 5*

`data` is the whole file. Its bytes 0, 1, 2 must be 0, 0, 8. Byte 3 is the number of axes, and each axis then has its size in four
bytes. After that header come the elements, the last axis running fastest. A file of $a$ axes with sizes $n_1 \ldots n_a$ is
therefore this long:

$$4 + 4a + n_1 \cdot n_2 \cdots n_a$$

With sizes 5 and 7: $4 + 8 + 35 = 47$ bytes. A download may break off. So for any other beginning, and any other length, raise a
`ValueError`. Where the length is wrong, its message names both numbers, as in `there are 41 bytes, and there should be 47`. A
file may also end within its header, or have no byte at all.

`data[3]` is a number, `data[4:8]` are four bytes, and a slice beyond the end is just shorter. `bytes([0, 0, 8])` makes three bytes.
`int.from_bytes(some, "big")` makes one number. `np.prod([5, 7])` is 35. `np.frombuffer(data, np.uint8, offset=12)` is an array of all
bytes from number 12 on, without a copy; `.reshape(shape)` takes a list of sizes.
"""

# %% tags=["solution:read_idx"]
def read_idx(data):
    """The array in the bytes of an idx file.

    data: bytes. Returns an array with as many axes as the header says, of dtype uint8.
    Raises ValueError where it does not begin with 0, 0, 8, or is not as long as its header says.
    The bytes 0 0 8 1 0 0 0 3 7 4 9 are an array of shape (3,): [7, 4, 9].
    """
    ### BEGIN SOLUTION
    if data[:3] != bytes([0, 0, 8]) or len(data) < 4:
        raise ValueError(f"this is no idx file of bytes: it begins with {list(data[:4])}")
    start = 4 + 4 * data[3]
    shape = [int.from_bytes(data[place : place + 4], "big") for place in range(4, start, 4)]
    whole = start + int(np.prod(shape))
    if len(data) != whole:
        raise ValueError(f"there are {len(data)} bytes, and there should be {whole}")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)
    ### END SOLUTION

# %% tags=["check:read_idx:5"]
check("13_mnist/read_idx", read_idx)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Read a good file first, and leave the errors for later: that earns half of the points. Walk from left to right, as in the picture.
How many axes are there, so where does the header end? Then the sizes, one for each axis. What is left are the elements.
</details>
<details><summary>Hint 2: the pieces</summary>

With 3 axes, the sizes begin at the bytes 4, 8 and 12, and the elements at 16. `range(4, 16, 4)` counts 4, 8, 12. Collect the sizes in a list:
it is the shape. For the errors: one question about the beginning, one about the length, and both before the array is made.
</details>
<details><summary>Hint 3: nearly there</summary>

`data[3]` fails if there are fewer than four bytes, so the first question also asks for `len(data)`. The second compares `len(data)` with
the end of the header plus the product of the sizes. If the header itself is cut off, that is larger than the file, whatever the
sizes seem to be. What remains is `np.frombuffer` from the end of the header on, reshaped.
</details>
"""

# %% [markdown]
r"""
## The files

The next cells look for MNIST's files, where lesson 12 looked: in the folder `data/mnist` of the course, or in the one that the
environment variable `BABYGRAD_MNIST` names. To have all of MNIST (11 MB), put these there, as they are:

- <https://storage.googleapis.com/cvdf-datasets/mnist/train-images-idx3-ubyte.gz>
- <https://storage.googleapis.com/cvdf-datasets/mnist/train-labels-idx1-ubyte.gz>
- <https://storage.googleapis.com/cvdf-datasets/mnist/t10k-images-idx3-ubyte.gz>
- <https://storage.googleapis.com/cvdf-datasets/mnist/t10k-labels-idx1-ubyte.gz>

With the last two alone, 8000 digits are for learning and 2000 are held out. And with no files at all? Then the 8 by 8 digits of
lesson 12 are drawn three times as large, with an empty edge, and *written* in idx format, into memory. `read_idx` cannot tell the
difference, and neither can the network: it has 784 numbers to look at, one way or the other.
"""

# %%
import gzip

from babygrad.data import ArrayDataset, DataLoader, digits, mnist_folder, split


def stored(name):
    """The bytes of a file of MNIST, unpacked if need be."""
    packed = mnist_folder() / f"{name}.gz"
    if packed.is_file():
        return gzip.decompress(packed.read_bytes())
    return (mnist_folder() / name).read_bytes()

def made(name):
    """The bytes of a file that looks like one of MNIST, with the digits of lesson 12."""
    images, labels = digits()[name.startswith("t10k")].arrays
    large = 255 * images.reshape(-1, 8, 8).repeat(3, axis=1).repeat(3, axis=2)
    array = np.pad(large.round(), ((0, 0), (2, 2), (2, 2))) if "images" in name else labels
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()

print(len(made("train-images-idx3-ubyte")), "bytes:", *made("train-images-idx3-ubyte")[:16])

# %% [markdown]
r"""
1438 images of 784 bytes, and 16 for the header: 1 127 408. The size 1438 stands there as `0 0 5 158`, because
$5 \cdot 256 + 158 = 1438$.
"""

# %%
def read_set(source, part):
    """Images, a row of numbers from 0 to 1 each, and labels: read by your read_idx."""
    images = read_idx(source(f"{part}-images-idx3-ubyte"))
    labels = read_idx(source(f"{part}-labels-idx1-ubyte"))
    return images.reshape(len(images), -1) / np.float32(255), labels.astype(int)

def find_sets():
    try:
        images, labels = read_set(stored, "t10k")
    except FileNotFoundError:
        print("MNIST's files are not here, which is all right: enlarged digits stand in.")
        return read_set(made, "train"), read_set(made, "t10k")
    try:
        return read_set(stored, "train"), (images, labels)
    except FileNotFoundError:
        print("Of MNIST, only the 10 000 test digits are here. A fifth of them is held out.")
        learned_from, held_out = split(ArrayDataset(images, labels), 0.2)
        return learned_from.arrays, held_out.arrays

train_set, test_set = find_sets()
print("to learn from:", train_set[0].shape, "  held out:", test_set[0].shape)

# %% tags=["figure"]
def first_digits():
    images, labels = test_set
    figure, panels = axes(columns=8, width=8.4, height=1.5)
    for ax, image, label in zip(panels, images, labels, strict=False):
        ax.imshow(image.reshape(28, 28), cmap="gray_r", vmin=0, vmax=1)
        ax.set_title(label, fontsize=10)
        ax.set(xticks=[], yticks=[])
        ax.grid(visible=False)
        ax.spines[:].set_visible(True)
    text = f"Eight digits, read from bytes: {', '.join(map(str, labels[:8]))}."
    return described(figure, "Eight digits that your function has read", text)


first_digits()

# %% [markdown]
r"""
Bytes that *your* function has read. Are the captions right? Then images and labels are in step.

(If `find_sets()` stopped with `EOFError` or `BadGzipFile`, a packed file is cut. If your own `ValueError` appeared, a file is cut that
was unpacked, and 13.1 has just paid you back. In both cases, get it again.)

## A rate that rises and falls

So far one learning rate served for all of training. But the first steps, from random weights, should be careful: gradients are
large there, and momentum adds them up. In the middle, long steps save time. At the end short ones are better: each mini-batch pulls
another way, and a long step follows the last one only. So let the rate rise for a while, which is called **warm-up**, and then fall.

### 13.2 The rate of a step

*2 points · 10 minutes · difficulty 2 of 5*

Steps are counted from 0. In the first `warm` steps the rate rises evenly, up to `highest`. With `highest = 0.5` and `warm = 4` it is

$$0.125 \qquad 0.25 \qquad 0.375 \qquad 0.5$$

Then it falls evenly. With `steps = 20`, there are 16 steps after the warm-up. Step 4 has the full 0.5, for all 16 are still to come;
step 12 has $0.5 \cdot 8 / 16 = 0.25$, because 8 are left; and step 19, the last one, has $0.5 \cdot 1 / 16$. No step gets 0: it would
be wasted. `warm` may be 0, and then the rate only falls.
"""

# %% tags=["solution:rate"]
def rate(step, steps, highest, warm):
    """The learning rate of one step.

    step: its number, from 0 to steps - 1. highest: the largest rate, a float. warm: for how many
    steps the rate rises; 0 means that it only falls.
    Returns a float: with steps = 20, highest = 0.5, warm = 4 it is 0.375 in step 2.
    """
    ### BEGIN SOLUTION
    if step < warm:
        return highest * (step + 1) / warm
    return highest * (steps - step) / (steps - warm)
    ### END SOLUTION

# %% tags=["check:rate:2"]
check("13_mnist/rate", rate)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Two cases, each a share of `highest`. On the way up, the share is how many steps of the warm-up are done, this one included. On the way
down, it is how many steps are left, this one included.
</details>
<details><summary>Hint 2: the pieces</summary>

Step 0 of a warm-up of 4 has the share 1/4, step 3 has 4/4. On the way down, the shares of the example are 16/16, 15/16, and so
on to 1/16. Where does the 16 come from, in terms of `steps` and `warm`?
</details>
<details><summary>Hint 3: nearly there</summary>

An `if` that asks whether `step` is below `warm` comes first, and divides by `warm` only where it is not 0. How many are left before a
step: in step 19 of 20 it is 1, in step 12 it is 8.
</details>
"""

# %% tags=["figure"]
def rate_picture():
    figure, ax = axes(height=2.6)
    for warm, words in ((4, "warm = 4"), (0, "warm = 0")):
        rates = [rate(step, 20, 0.5, warm) for step in range(20)]
        ax.plot(range(20), rates, marker="o", label=words)
    ax.set(xlabel="step", ylabel="learning rate", ylim=(0, 0.55), xticks=range(0, 20, 2))
    ax.legend(loc="upper right")
    text = (
        "Two lines over 20 steps. With warm = 4, the rate begins at "
        f"{rate(0, 20, 0.5, 4):.3f}, is highest in step 4, {rate(4, 20, 0.5, 4):.2f}, and ends at "
        f"{rate(19, 20, 0.5, 4):.3f}. With warm = 0 it falls from {rate(0, 20, 0.5, 0):.2f} on."
    )
    return described(figure, "Your learning rate, step by step", text)


rate_picture()

# %% [markdown]
r"""
## 784-100-10

The loop is that of lesson 12, with two changes: each step gets a rate of its own, and the loss of each step is noted.
`DataLoader` is what your `batches` was there.
"""

# %%
def network(seed=3):
    return Sequential(Linear(784, 100, rng=seed), ReLU(), Linear(100, 10, rng=seed + 1))

def train(model, data, epochs, highest, falling=True):
    """Train, and return the loss of every step."""
    optimizer = SGD(model.parameters(), lr=highest, momentum=0.9)
    loader = DataLoader(ArrayDataset(*data), 64, shuffle=True, seed=5)
    steps, losses = epochs * len(loader), []
    for _ in progress(range(epochs), "epochs"):
        for images, labels in loader:
            if falling:
                optimizer.lr = rate(len(losses), steps, highest, steps // 10)
            optimizer.zero_grad()
            loss = softmax_loss(model(images), labels)
            loss.backward()
            optimizer.step()
            losses.append(float(loss.data))
    return losses

def accuracy(model, images, labels):
    with no_grad():
        return float((model(images).data.argmax(axis=1) == labels).mean())

# %% [markdown]
r"""
**Predict, then run.** A rate of 0.3 is too high for this network, if it stays so. After ten epochs, which of the two reads at least 94 of a
hundred held-out digits right: the one with 0.3 throughout, or the one whose rate rises to 0.3 and falls again?
"""

# %%
shares = {}
for falling in (False, True):
    model = network()
    train(model, train_set, 10, 0.3, falling)
    shares[falling] = accuracy(model, *test_set)
    print("rises and falls:" if falling else "0.3 throughout: ", end=" ")
    print("at least" if shares[falling] >= 0.94 else "less than", "94 percent")

# %% [markdown]
r"""
`shares` has the exact figures. In seven attempts with other first weights and batches, the enlarged digits gave from 64 to 92 percent with 0.3
throughout, and 96 to 99 where it rises and falls. With 8000 digits of MNIST it was 91 to 93 in three attempts, and 95. The network, the
batches and the number of steps are the same. The rate of 0.3 was picked because it shows the difference: at 0.1, the two hardly differ.
So now a rate that suits this network:
"""

# %%
model = network()
losses = train(model, train_set, 10, 0.1)
print(f"{accuracy(model, *test_set):.0%} of the held-out digits are right")

# %% tags=["figure"]
def loss_curve():
    figure, ax = axes(height=2.8)
    count = max(1, len(losses) // 100)
    means = np.array(losses[: len(losses) // count * count]).reshape(-1, count).mean(axis=1)
    ax.semilogy(np.arange(len(means)) * count, means)
    ax.set(xlabel="step", ylabel=f"loss, means of {count} steps" if count > 1 else "loss")
    text = f"The loss falls from {means[0]:.1f} to {means[-1]:.2f} in {len(losses)} steps."
    return described(figure, "The loss of your network", text)


loss_curve()

# %% [markdown]
r"""
With the solutions of this course, 98 percent of the enlarged digits are right, and 96 of MNIST's when 8000 are there to learn from. If you
have all 60 000, expect more: seven times as many examples, and nothing else has changed. (The curve's axis is logarithmic, as in
lesson 12, so that the small ripples at its end look large.)

## A network that is kept

It has 79 510 weights, and when this notebook is closed they are gone. Lesson 10 gave your modules `state_dict()`, a dictionary of arrays
by name, and `load_state_dict(…)`, which takes one back. What is missing is the file.

Python can write anything into a file, with `pickle`. **Predict, then run.** The next cell loads a pickle. What will it print?
"""

# %%
import pickle


class Surprise:
    def __reduce__(self):
        return print, ("This was done by a file that was only loaded.",)

innocent = pickle.dumps(Surprise())
number = pickle.loads(innocent)

# %% [markdown]
r"""
A pickle is no row of numbers. It is a list of things to do, and loading does them. This one printed a line; another one may delete your
files, and people do pass trained networks on.

### 13.3 Save and load

*3 points · 12 minutes · difficulty 2 of 5*

NumPy's own format **npz** holds arrays and their names, and no instructions. `np.savez(file, one=a, other=b)` writes the arrays `a` and `b`
under the names `one` and `other`. If a dictionary `d` has the names, two stars unpack it: with `d = {"one": a, "other": b}`,
`np.savez(file, **d)` does the same.

After `with np.load(file) as arrays:`, indented below it, `arrays` is much like a dictionary, and `dict(arrays)` is one. Of pickles,
`np.load` wants to know nothing unless it is told to.

A file may name its arrays in any order, or come from another network. `load_state_dict` goes by names. It raises an error if a name
or a shape does not fit, and then changes nothing. Let that error through.

The names in the file are those of `state_dict()`: for 784-100-10 they are `layers.0.weight`, of shape (784, 100), `layers.0.bias`, and two
more with a 2 in them, because number 1 is the ReLU.
"""

# %% tags=["solution:keep"]
def save(model, file):
    """Write all parameters of a model into a file, in the format npz, under their names.

    model: a Module. file: a file that is open for writing, or its path, such as "digits.npz".
    """
    ### BEGIN SOLUTION
    np.savez(file, **model.state_dict())
    ### END SOLUTION


def load(model, file):
    """Give a model the parameters that save has written.

    model: a Module with the same layers. file: a file that is open for reading, or its path.
    Raises ValueError where a name or a shape does not fit, and changes nothing then.
    """
    ### BEGIN SOLUTION
    with np.load(file) as arrays:
        model.load_state_dict(dict(arrays))
    ### END SOLUTION

# %% tags=["check:keep:3"]
check("13_mnist/keep", save, load)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

A model becomes a dictionary, and a dictionary becomes a file; then the same way back. Each of these four steps is
one call, and you have met all of them.
</details>
<details><summary>Hint 2: the pieces</summary>

Saving: `np.savez` wants the file first, and then the arrays with their names. Loading: what `np.load` gives is made a dictionary, and
the model takes it, both within `with`. Neither function returns anything.
</details>
<details><summary>Hint 3: nearly there</summary>

If the names in your file are `arr_0` and `arr_1`, one star too few stands before the dictionary, or its values were passed alone. If the
check speaks of a pickle, the whole dictionary was handed over as if it were one array.
</details>
"""

# %% [markdown]
r"""
`io.BytesIO()` is a file in memory: it is written and read like one on disk. `seek(0)` goes back to its beginning.

**Predict, then run.** A second network with other first weights: how many does it read right before loading, and after it?
"""

# %%
file = io.BytesIO()
save(model, file)
print(len(file.getvalue()) // 1000, "kB for 79510 weights of 4 bytes each")

second = network(seed=30)
print(f"before: {accuracy(second, *test_set):.0%}")
file.seek(0)
load(second, file)
print(f"after:  {accuracy(second, *test_set):.0%}")

# %% [markdown]
r"""
Not nearly the same network: the same, to the last bit. To keep it on disk, write `save(model, "digits.npz")` in a new cell, restart the notebook's
kernel some day, make a `network()`, and load that. Training is over; the weights are what is left of it.

**And in a smaller network?** The names fit, the shapes do not:
"""

# %%
small = Sequential(Linear(784, 30, rng=3), ReLU(), Linear(30, 10, rng=4))
file.seek(0)
try:
    load(small, file)
except ValueError as error:
    print(error)

# %% [markdown]
r"""
## Next to PyTorch

Now the comparison that counts. The same first weights, the same batches, the same learning rate, once with your library, once with
PyTorch. If both compute the same mathematics, their losses agree. This always runs on the enlarged digits, so that the figures can
be compared.

PyTorch is large, and the course does without it. If you want it beside you, start Jupyter with `uv run --with torch jupyter lab`, or
install it with `pip install torch`. Without it, the next cell shows what it gave where it was installed.
"""

# %%
from time import perf_counter


def by_yours(state, handfuls):
    model = network()
    model.load_state_dict(state)
    optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
    for images, labels in handfuls:
        optimizer.zero_grad()
        loss = softmax_loss(model(images), labels)
        loss.backward()
        optimizer.step()
        yield float(loss.data)

def by_pytorch(state, handfuls):
    import torch

    named = {name: torch.tensor(array, requires_grad=True) for name, array in state.items()}
    optimizer = torch.optim.SGD(named.values(), lr=0.1, momentum=0.9)
    for images, labels in handfuls:
        optimizer.zero_grad()
        sums = torch.tensor(images) @ named["layers.0.weight"] + named["layers.0.bias"]
        logits = torch.relu(sums) @ named["layers.2.weight"] + named["layers.2.bias"]
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
        loss.backward()
        optimizer.step()
        yield loss.item()

# %%
# From the code of this cell and the one above, run as a script with PyTorch 2.15.
RECORDED = {0: 2.441, 1: 2.188, 5: 1.192, 10: 0.427, 20: 0.499, 40: 0.357}

def timed(steps):
    """All losses, and how many milliseconds a step takes: the middle of all."""
    losses, times = [], [perf_counter()]
    for loss in steps:
        losses.append(loss)
        times.append(perf_counter())
    return losses, 1000 * np.median(np.diff(times))

state = network().state_dict()
loader = DataLoader(ArrayDataset(*read_set(made, "train")), 64, shuffle=True, seed=5)
handfuls = [handful for _ in range(4) for handful in loader]
yours, your_time = timed(by_yours(state, handfuls))
try:
    theirs, their_time = timed(by_pytorch(state, handfuls))
    print(f"a step takes {your_time:.2f} ms with yours, {their_time:.2f} ms with PyTorch")
except ImportError:
    print("PyTorch is not installed. These losses were recorded where it was:")
    theirs = RECORDED
print("step   yours  PyTorch")
for step in (0, 1, 5, 10, 20, 40):
    print(f"{step:4} {yours[step]:7.3f}  {theirs[step]:7.3f}")

# %% [markdown]
r"""
Line by line the same. Seven digits fit into a float32, and the order of additions is not the same in both, so that the last digits may drift
apart after many steps. A wrong gradient would show in the second line.

And the time? `uv run --with torch python benchmarks/engine.py` measures a step of 784-256-128-10 with 128 images, on one thread. On the
machine where the course was made, babygrad took 0.98 of PyTorch's time (0.91 to 1.03 in eight runs). A library
gathered from the solutions, measured by `benchmarks/training.py`, took 1.72 times as long as the same work in NumPy by hand, and babygrad 1.20
times. What PyTorch is faster with are graphics cards, convolutions, and networks for which you would not want to wait.

## What you have built

| name | what it does |
|---|---|
| `read_idx` | a file of bytes as an array; refuses what is not whole |
| `rate` | a learning rate for each step: up, then down |
| `save`, `load` | a network as a file of arrays with names, and back |

**Where to go.** Change one thing and predict before you run: 300 hidden numbers, no warm-up, `Adam` of lesson 11 under the same `rate`. Look at the
digits that it gets wrong, with the confusion table of lesson 12. And when you meet a format that nobody has explained to you, look at its first sixteen
bytes.
"""
