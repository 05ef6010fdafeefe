# %% [markdown]
r"""
# 12 · Digits: train what you built

*25 points · about 85 minutes*

**After this you can**

- train a network on real data with a library of your own, and follow how it learns;
- measure what it has learned on examples that it has never seen, and look its mistakes in the face;
- say why a network that learns well proves little about the library below it.

**You need** your notebooks of lessons 01 to 11, as far as you have got. What is missing, or not right yet, is borrowed. The checks
ask about each exercise by itself and need none of it. The cells between them do build on each other: those after 12.4 need your
12.1 to 12.4. If one stops with `NotImplementedError`, an exercise above it is still open, and the cells below it mean nothing yet.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from autograder.export import library
from babygrad.plot import axes, described
from babygrad.progress import progress

# %% [markdown]
r"""
## Your library

You have written a Tensor, the rules of some twenty operations, a backward pass, layers, losses and optimizers. They are scattered
over eleven notebooks. The next cell gathers them into one package, `mybabygrad`, a folder beside this notebook. (Save your
notebooks first: it reads the files.)

For each part it asks the checks, as when grading. A part that passes is **yours**. Any other part is **borrowed** from
babygrad, and the table says why. In the end all of them are tried together. So what is subtly wrong is found now, before you train
with it. You will see below why that matters. It takes ten to thirty seconds, the second time less.
"""

# %% tags=["given:library"]
library("mybabygrad")

# %% [markdown]
r"""
Finish a borrowed part in its lesson, save, run the cell above and those below it again, and it is yours. Everything from here
on works the same, whoever has written the parts. This is what today takes from them:
"""

# %% tags=["given:names"]
from mybabygrad import Function, gradcheck, no_grad, summation
from mybabygrad.nn import Linear, ReLU, Sequential, softmax_loss
from mybabygrad.optim import SGD

# %% [markdown]
r"""
## The digits

1797 handwritten digits come with scikit-learn. Each was scanned, and then reduced to 8 by 8 squares, with a number from
0 (paper) to 16 (ink) in each. babygrad divides by 16 and puts the 64 numbers in a row. One digit in five is **held out**: no step of
training ever sees it, and it tells us later what was learned.
"""

# %%
from babygrad.data import digits

train_digits, test_digits = digits()
images, labels = train_digits.arrays
test_images, test_labels = test_digits.arrays
for array in (images, labels, test_images, test_labels):
    array.flags.writeable = False  # who tries to change them gets an error
print("to learn from:", images.shape, images.dtype, "  held out:", test_images.shape)
print((16 * images[3]).astype(int).reshape(8, 8), "is a", labels[3])

# %% tags=["figure"]
def draw_digits(images, captions, title, text):
    """Digits side by side, each with a caption above it."""
    size = round(np.sqrt(images.shape[1]))
    figure, panels = axes(columns=len(images), width=1.15 * len(images), height=1.6)
    for ax, image, caption in zip(panels, images, captions, strict=True):
        ax.imshow(image.reshape(size, size), cmap="gray_r", vmin=0, vmax=1)
        ax.set_title(caption, fontsize=10)
        ax.set(xticks=[], yticks=[])
        ax.grid(visible=False)
        ax.spines[:].set_visible(True)
    return described(figure, title, text)


told = f"Eight handwritten digits: {', '.join(map(str, labels[:8]))}."
draw_digits(images[:8], labels[:8], "Eight digits", told)

# %% [markdown]
r"""
Some are hard for people, too. A network with one hidden layer will read them: 64 numbers come in, 100 go on, and 10 logits come
out, one for each digit.

## A few at a time

All 1438 digits together would give one good gradient, slowly. Thirty-two give a rough one, forty-five times as often, and many
rough steps lead further than one good one. Such a handful is a **mini-batch**. When every digit has had its turn, an **epoch** is
over.

### 12.1 Mini-batches

*5 points · 13 minutes · difficulty 3 of 5*

In each epoch the handfuls should be other ones. So mix first, and then cut. With 11 examples and `size = 4` there are

$$\lceil 11 / 4 \rceil = 3$$

batches, of 4, 4 and 3. The last one is smaller, and no example is lost.

`rng.permutation(11)` gives the numbers 0 to 10 in random order. An array of numbers can stand where an index stands:
`labels[[7, 2, 5]]` are three labels, in that order, in a **new** array. `range(0, 11, 4)` counts 0, 4, 8. A slice that goes too
far ends with the last element.

Images and labels must stay together, and the arrays that you are given must stay as they are.
"""

# %% tags=["solution:batches"]
def batches(images, labels, size, rng):
    """All examples once, in random order, some at a time.

    images: array of shape (N, D). labels: array of shape (N,). size: examples in a batch, but
    perhaps the last. rng: a np.random.Generator, which decides the order.
    Returns a list of pairs of arrays, (images, labels): with N = 11 and size = 4, three pairs.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(len(labels))
    places = [order[start : start + size] for start in range(0, len(labels), size)]
    return [(images[place], labels[place]) for place in places]
    ### END SOLUTION

# %% tags=["check:batches:5"]
check("12_digits/batches", batches)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Two arrays that are mixed apart no longer fit, so mix neither. Mix a row of numbers, one for each example, and cut that row into
pieces. A piece then picks from both arrays.
</details>
<details><summary>Hint 2: the pieces</summary>

First the order, for all N at once. Then a loop through the starts of the batches. In each round, a slice of the **order**, from
the start up to the start plus `size`, says which examples belong to this batch.
</details>
<details><summary>Hint 3: nearly there</summary>

Three names help: the order, the start, and the part of the order that begins there. With that part as an index, take from
`images` and from `labels`, put both into a pair, and the pair into a list. `return` stands after the loop. How many examples
there are, `len(labels)` tells.
</details>
"""

# %% [markdown]
r"""
The first handful of *yours*. The captions are its labels, and should be what you see:
"""

# %% tags=["figure"]
def your_batches():
    rng = np.random.default_rng(5)
    some, its = next(iter(batches(images, labels, 8, rng)))
    text = f"The first batch of eight digits, with the labels {', '.join(map(str, its))}."
    return draw_digits(some, its, "A batch of yours", text)


your_batches()

# %% [markdown]
r"""
## One step

Four lines make a step, as in lesson 11: forget the old gradients, compute the loss, go backwards, move. What is new is a question
in between. Somewhere in the data 0 was divided by 0, or the steps are so long that the weights leave the range of floats, and
then the loss is **nan**, "not a number". One step later, so is every weight. Nothing complains by itself. People have let computers
train nan for days.

### 12.2 A step of training

*6 points · 16 minutes · difficulty 3 of 5*

$$W \leftarrow W - \text{lr} \cdot \frac{\partial L}{\partial W} \qquad L = \text{softmax\_loss}(\text{model}(x), \text{labels})$$

Return the loss as a plain number: `float(loss.data)`. Ten classes with equal shares of 0.1 would give $-\log 0.1 = 2.303$.

If that number is nan or infinite, raise a `FloatingPointError`, and change nothing: neither `backward` nor `step` has run. The
message tells two things, what the loss is and the learning rate, `optimizer.lr`. For example, `the loss is nan, with the learning
rate 0.75`.

`raise ValueError(f"x is {x}")` stops with an error; in the f-string, `{x}` is the value of x. `nan == nan` is False. `np.isfinite(x)`
is True for ordinary numbers, and False for nan and infinity.
"""

# %% tags=["solution:train_step"]
def train_step(model, optimizer, images, labels):
    """One step of training on one batch.

    model: a Module. optimizer: has zero_grad, step and lr. images: array of shape (N, D).
    labels: array of N integers.
    Returns the loss before the step, a float: about 2.3 for a model that knows nothing.
    Raises FloatingPointError for a loss that is not finite; the model stays as it is.
    """
    ### BEGIN SOLUTION
    optimizer.zero_grad()
    loss = softmax_loss(model(images), labels)
    value = float(loss.data)
    if not np.isfinite(value):
        raise FloatingPointError(f"the loss is {value}, with the learning rate {optimizer.lr}")
    loss.backward()
    optimizer.step()
    return value
    ### END SOLUTION

# %% tags=["check:train_step:6"]
check("12_digits/train_step", train_step)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Write the four lines of lesson 11 first, and a `return`: that earns most of the points. Then put the question where the loss is
known, and nothing has happened yet.
</details>
<details><summary>Hint 2: the pieces</summary>

A model is called like a function, and gives logits. `softmax_loss` wants logits and labels. Keep its result, a Tensor, under one
name, because `backward` needs it; and its number under another, because you return it.
</details>
<details><summary>Hint 3: nearly there</summary>

In order: the optimizer forgets · the loss · its number · `if not …`: raise an error with an f-string, in which both
numbers stand in braces · the loss goes backward · the optimizer steps · return the number.
</details>
"""

# %% [markdown]
r"""
**Predict, then run.** A new network, and ten steps of yours. Near which number should the losses begin?
"""

# %%
def network():
    return Sequential(Linear(64, 100, rng=3), ReLU(), Linear(100, 10, rng=4))

model = network()
optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
handfuls = batches(images, labels, 32, np.random.default_rng(5))
for _, (some, its) in zip(range(10), handfuls, strict=False):
    print(round(train_step(model, optimizer, some, its), 2), end="  ")

# %% [markdown]
r"""
It begins a little above 2.3: the first weights are random, and some of its guesses are wrong with conviction.

## What has it learned?

The loss is for the optimizer. People ask: how many does it read right?

### 12.3 Predictions and accuracy

*4 points · 11 minutes · difficulty 2 of 5*

`predict` returns the class with the largest logit in each row. For the logits `[[3, 5, 4], [7, -6, 6]]` these are 1 and 0: the
*places* of 5 and of 7. An array's `argmax(axis=…)` finds such places.

Nobody will go backwards from a prediction. So let the model run within `with no_grad():`, as in lesson 09. Then no history is
recorded: that takes less time, and the memory is free again at once.

`accuracy` returns the share of right predictions, a number from 0 to 1:

$$\frac{\text{how often prediction and label agree}}{N}$$

Of the predictions 3, 5, 3, 8, 9 for the labels 3, 5, 8, 8, 4, three are right, which is 0.6. Comparing two arrays with `==` gives an
array of True and False, and the mean of those is the share of True.
"""

# %% tags=["solution:accuracy"]
def predict(model, images):
    """The class with the largest logit, for each image.

    model: a Module. images: array of shape (N, D).
    Returns an array of N integers, and records no history.
    For the logits [[3, 5, 4], [7, -6, 6]] it is [1, 0].
    """
    ### BEGIN SOLUTION
    with no_grad():
        logits = model(images)
    return logits.data.argmax(axis=1)
    ### END SOLUTION


def accuracy(model, images, labels):
    """The share of right predictions, a float from 0 to 1: 0.6 for three of five.

    model, images: as in predict. labels: array of N integers.
    """
    ### BEGIN SOLUTION
    return float((predict(model, images) == labels).mean())
    ### END SOLUTION

# %% tags=["check:accuracy:4"]
check("12_digits/accuracy", predict, accuracy)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

`predict` asks the model, and then looks at arrays only: no Tensor is needed any more. `accuracy` asks `predict`.
</details>
<details><summary>Hint 2: the shapes</summary>

The logits are a Tensor of shape (N, C), and its array is in `.data`. One number for each of N rows: along which axis are the C
logits of one image?
</details>
<details><summary>Hint 3: nearly there</summary>

In `predict`, the call of the model is indented below `with`; the rest may stand after it. In `accuracy`, the comparison stands in
parentheses, so that `.mean()` belongs to all of it, and `float(…)` makes a plain number of the result.
</details>
"""

# %% [markdown]
r"""
**Predict, then run.** Which share is right by pure chance, and which after the ten steps from above?
"""

# %%
print(f"new: {accuracy(network(), test_images, test_labels):.1%}")
print(f"after ten steps: {accuracy(model, test_images, test_labels):.1%}")

# %% [markdown]
r"""
About one in ten by chance. And ten steps, with 320 digits seen once, make 65 percent of it, or something near that.

## The loop

### 12.4 Epochs

*6 points · 20 minutes · difficulty 4 of 5*

Put your three functions together. In each epoch: new `batches`; a `train_step` for each; then note the **mean** of the epoch's
losses, and the `accuracy` on the held-out digits. If the losses of an epoch are 0.5, 0.25 and 0.75, note

$$\frac{0.5 + 0.25 + 0.75}{3} = 0.5$$

A step may fail: `train_step` raises an error where the loss is nan. Whoever reads it wants to know where that was. An error is caught,
and told with its place, like this:

```python
try:
    number = float(text)
except ValueError as error:
    raise ValueError(f"line {line}: {error}") from None
```

`{error}` stands for the words of the old error, which `from None` hides. Yours is a `FloatingPointError`, for example `epoch 1, step 3:
the loss is nan, with the learning rate 0.75`. Count both from 0.

`progress(range(epochs), "epochs")` gives the numbers of `range(epochs)`, and draws a bar meanwhile. `train_set` and `test_set`
are pairs. `f(*pair, x)` is short for `f(pair[0], pair[1], x)`. `np.mean(numbers)` is the mean of a list.
"""

# %% tags=["solution:train"]
def train(model, optimizer, train_set, test_set, epochs, size, rng):
    """Train for some epochs, and measure after each.

    train_set, test_set: pairs of arrays, (images, labels). epochs: how many.
    size, rng: as batches takes them. Calls batches, train_step and accuracy.
    Returns two lists with an entry for each epoch: mean losses, and accuracies on test_set.
    Raises FloatingPointError where a step fails: "epoch 1, step 3: …".
    """
    ### BEGIN SOLUTION
    losses, accuracies = [], []
    for epoch in progress(range(epochs), "epochs"):
        steps = []
        for step, (images, labels) in enumerate(batches(*train_set, size, rng)):
            try:
                steps.append(train_step(model, optimizer, images, labels))
            except FloatingPointError as error:
                raise FloatingPointError(f"epoch {epoch}, step {step}: {error}") from None
        losses.append(np.mean(steps))
        accuracies.append(accuracy(model, *test_set))
    return losses, accuracies
    ### END SOLUTION

# %% tags=["check:train:6"]
check("12_digits/train", train)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

A loop in a loop: epochs outside, batches inside. Leave the error for later; three of the four parts do not need it. What is
made once for all epochs? What is made anew in each?
</details>
<details><summary>Hint 2: the pieces</summary>

Two lists for the history, before everything. One list for the losses of an epoch, made inside the outer loop. For the number
of the step, `enumerate` around the batches; each entry is then a number and a pair, so the loop reads
`for number, (a, b) in enumerate(…)`.
</details>
<details><summary>Hint 3: nearly there</summary>

Inner loop: in `try`, the call of `train_step`, whose result goes into the epoch's list; in `except`, the new error. After the inner
loop, still inside the outer one: two lines that append, one a mean, the other what `accuracy` says about `test_set`. After both
loops: return the two lists as a pair.
</details>
"""

# %% [markdown]
r"""
Now train. Twenty epochs with *your* loop, on *your* library.

**Predict, then run.** How many of a hundred held-out digits will it read right?
"""

# %%
train_set, test_set = (images, labels), (test_images, test_labels)

model = network()
optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
losses, accuracies = train(
    model, optimizer, train_set, test_set, epochs=20, size=32, rng=np.random.default_rng(5)
)
print(f"{accuracies[-1]:.1%} of the held-out digits are right")

# %% tags=["figure"]
def learning_curves():
    figure, (left, right) = axes(columns=2, width=8.4)
    epochs = np.arange(1, len(losses) + 1)
    left.semilogy(epochs, losses, marker="o")
    left.set(xlabel="epoch", ylabel="loss on the training digits")
    right.plot(epochs, accuracies, marker="o", label="held-out digits")
    right.axhline(0.95, color="#57606a", linewidth=1, linestyle=":")
    right.text(epochs[-1], 0.9505, "95 of 100", ha="right", va="bottom")
    right.set(xlabel="epoch", ylabel="accuracy", ylim=(min(0.85, *accuracies), 1))
    for ax in (left, right):
        ax.set_xticks(range(0, len(losses) + 1, 5))
    text = (
        f"Left: the loss falls from {losses[0]:.2f} in the first epoch to {losses[-1]:.4f} in the "
        f"last. Right: the accuracy on held-out digits rises from {accuracies[0]:.1%} to "
        f"{accuracies[-1]:.1%}."
    )
    return described(figure, "Loss and accuracy, epoch by epoch", text)


learning_curves()

# %% [markdown]
r"""
Every number in these curves went through operations whose gradients you have worked out by hand. With the solutions of this
course it is 98 percent, 352 of 359; a percent more or less depends on the first weights and on the order of the batches. If yours is
below 95, look at the loss: it should fall in each of the first epochs. (Its axis is logarithmic: each line stands for ten times
the one below.) If it hardly falls, look at your batch above: are those the labels of these images?

The loss goes on falling, to nearly 0, long after the accuracy has stopped rising. By then the network knows its training digits
by heart. Only the held-out ones tell what it has understood.

**Predict, then run.** Two attempts that fail, of three epochs each. First, a learning rate of 5. Second, pixels that were
brought to standard deviation 1, as is often done: but a few pixels at the edge are empty in all digits, and there it is 0. Which of
the two ends with an error?
"""

# %%
def attempt(images, lr):
    model = network()
    optimizer = SGD(model.parameters(), lr=lr, momentum=0.9)
    try:
        means, shares = train(
            model, optimizer, (images, labels), test_set, 3, 32, np.random.default_rng(5)
        )
        print(f"learning rate {lr}: {shares[-1]:.1%}, with the losses", *np.round(means, 1))
    except FloatingPointError as error:
        print(error)

with np.errstate(all="ignore"):
    attempt(images, lr=5.0)
    attempt((images - images.mean(axis=0)) / images.std(axis=0), lr=0.1)

# %% [markdown]
r"""
The first gets no error, and learns nothing. One of the first steps went so far that the relus are 0 for every digit, and a slope of
0 leads nowhere. That shows in the losses only: they stay above 2.3, where guessing is. The second stops at once, and the place tells
where to look. (It counts from 0, the figures from 1.) In step 0, no weight has moved yet: look at the data. Later, look at the learning
rate. (If yours goes on to the end, with 8 percent, the check of 12.2 knows why.)

## Its mistakes

### 12.5 The confusion table

*4 points · 10 minutes · difficulty 2 of 5*

One number hides a lot. Which digits does the network confuse? A table tells: the **row** is the digit, the **column** is what the
network said, and in each place stands how often that happened.

$$T_{ij} = \text{how many digits } i \text{ were taken for } j$$

With the labels 3, 3, 1, 3 and the predictions 5, 5, 1, 5, there is a 3 in row 3, column 5, and a 1 in row 1, column 1. Right
answers are on the diagonal, from top left to bottom right.

`zip(a, b)` goes through two arrays at once. `np.zeros((4, 4), int)` is a table of zeros that counts in whole numbers.

(`table[labels, predicted] += 1` looks like an answer in one line. It is none: NumPy reads, adds and writes each place once, however
often it is named.)
"""

# %% tags=["solution:confusion"]
def confusion(labels, predicted, classes):
    """How often each digit was taken for which.

    labels, predicted: arrays of N integers from 0 to classes - 1.
    Returns integers of shape (classes, classes): rows for labels, columns for predicted.
    With labels [3, 3, 1, 3] and predicted [5, 5, 1, 5] there is a 3 in row 3, column 5.
    """
    ### BEGIN SOLUTION
    table = np.zeros((classes, classes), int)
    for right, said in zip(labels, predicted, strict=True):
        table[right, said] += 1
    return table
    ### END SOLUTION

# %% tags=["check:confusion:4"]
check("12_digits/confusion", confusion)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Make an empty table, go through all digits, and each time raise one place by one. Which place?
</details>
<details><summary>Hint 2: the pieces</summary>

`zip` gives a label and a prediction in each round. An element of a table has two numbers in its brackets, the row first.
</details>
<details><summary>Hint 3: nearly there</summary>

Do the example with a pencil: four rounds, and three of them raise the same place. If the table is on its side, the two numbers in
the brackets are exchanged. If it has a 1 where a 3 should be, look at `=` and `+=`.
</details>
"""

# %% tags=["figure"]
def draw_confusion():
    table = confusion(test_labels, predict(model, test_images), 10)
    figure, ax = axes(width=5, height=4.6)
    ax.imshow(np.minimum(table, 12), cmap="Blues", vmin=0, vmax=20)
    for row, column in np.ndindex(10, 10):
        if table[row, column]:
            bold = "normal" if row == column else "bold"
            words = {"ha": "center", "va": "center", "fontweight": bold}
            ax.text(column, row, table[row, column], **words)
    ax.set(xlabel="what the network said", ylabel="what it is")
    ax.set(xticks=range(10), yticks=range(10))
    ax.grid(visible=False)
    off = [(i, j) for i, j in np.argwhere(table) if i != j]
    told = "; ".join(f"{i} taken for {j}: {table[i, j]}" for i, j in off) or "none"
    text = f"{np.trace(table)} of {table.sum()} are right, on the diagonal. Mistakes: {told}."
    return described(figure, "The confusion table of the held-out digits", text)


draw_confusion()

# %% [markdown]
r"""
The mistakes are in bold. Here are five of them. What would *you* have said?
"""

# %% tags=["figure"]
def wrong_digits():
    said = predict(model, test_images)
    wrong = np.flatnonzero(said != test_labels)[:5]
    if len(wrong) < 2:
        return "There are hardly any mistakes. Train for fewer epochs, and look again."
    captions = [f"is a {test_labels[i]}\nsaid {said[i]}" for i in wrong]
    told = "; ".join(caption.replace("\n", ", ") for caption in captions)
    text = f"Digits that the network got wrong: {told}."
    return draw_digits(test_images[wrong], captions, "Five mistakes", text)


wrong_digits()

# %% [markdown]
r"""
## Training is no check

It learned, so the library must be right? Let us break it on purpose. A bias is added to every row of a batch, so its gradient is
the **sum** over the rows: lesson 06. Here is an addition that takes the **mean**, and a layer that uses it. With 32 rows in a batch,
the gradient of every bias is 32 times too small.

**Predict, then run.** Which accuracy does this network reach, on its way through 20 epochs of wrong gradients: 10, 50, 80 or 95
percent, or more?
"""

# %%
class AddAveraged(Function):
    def forward(self, a, b):
        return a + b

    def backward(self, out_grad, node):
        rows = out_grad.shape[0]
        return out_grad, summation(out_grad, (0,)) * (1 / rows)  # wrong: the mean

class BrokenLinear(Linear):
    def forward(self, x):
        return AddAveraged()(x @ self.weight, self.bias)

broken = Sequential(BrokenLinear(64, 100, rng=3), ReLU(), BrokenLinear(100, 10, rng=4))
optimizer = SGD(broken.parameters(), lr=0.1, momentum=0.9)
_, broken_accuracies = train(
    broken, optimizer, train_set, test_set, epochs=20, size=32, rng=np.random.default_rng(5)
)
print(f"right gradients: {accuracies[-1]:.1%}   wrong ones: {broken_accuracies[-1]:.1%}")

# %% tags=["figure"]
def right_and_wrong():
    figure, ax = axes(height=2.8)
    epochs = np.arange(1, len(accuracies) + 1)
    ax.plot(epochs, accuracies, marker="o", label="right gradients")
    ax.plot(epochs, broken_accuracies, marker="x", label="biases with wrong gradients")
    ax.set(xlabel="epoch", ylabel="accuracy, held-out digits")
    ax.set_ylim(min(0.85, *accuracies, *broken_accuracies), 1)
    ax.set_xticks(range(0, len(accuracies) + 1, 5))
    ax.legend(loc="lower right")
    text = (
        f"The two curves wind around each other. With right gradients the last value is "
        f"{accuracies[-1]:.1%}, with wrong ones {broken_accuracies[-1]:.1%}."
    )
    return described(figure, "Accuracy with right and with wrong gradients", text)


right_and_wrong()

# %% [markdown]
r"""
Which of the two would you have suspected? With the solutions of this course the wrong one even ends ahead, by two digits and by luck.
Descent goes on as long as the steps lead roughly downhill, so it forgives almost everything: a factor, a forgotten term, an operation
that is wrong for negative numbers only. It costs you nothing this time and ten percent in the next project, and you never learn why.

What finds it, in a moment and without any training, is lesson 09:
"""

# %%
rng = np.random.default_rng(5)
try:
    gradcheck(lambda x, b: AddAveraged()(x, b), rng.normal(size=(4, 3)), rng.normal(size=3))
except AssertionError as error:
    print(error)

# %% [markdown]
r"""
So a gradient is checked against nudging, before anybody trains with it. That is what all the checks of this course have done, and
what the first cell did once more.

## MNIST

The famous ones: 70 000 digits of 28 by 28 pixels, with which this kind of network grew up in the 1990s. The files are not part of the
course, because they are large. If you want them, get these two (1.6 MB), which hold 10 000 digits, and put them into a folder
`data/mnist` of the course, as they are:

- <https://storage.googleapis.com/cvdf-datasets/mnist/t10k-images-idx3-ubyte.gz>
- <https://storage.googleapis.com/cvdf-datasets/mnist/t10k-labels-idx1-ubyte.gz>

(Another folder? Name it in the environment variable `BABYGRAD_MNIST` before Jupyter starts, or in the place of
`mnist_folder()`.) Without them, the next two cells say so, and nothing is lost. Of the 10 000, a fifth is held out.
"""

# %%
from babygrad.data import mnist, mnist_folder, split

try:
    mnist_train, mnist_test = split(mnist(mnist_folder(), "test"), 0.2)
    print(len(mnist_train), "digits to learn from,", len(mnist_test), "held out")
except FileNotFoundError:
    mnist_train = None
    print(f"MNIST is not in {mnist_folder()}. That is all right.")
    print("The text above says how to get it.")
except (OSError, ValueError) as error:
    mnist_train = None
    print("MNIST is there, but cannot be read:", error)

# %%
if mnist_train is None:
    print("Nothing to train on without it.")
else:
    reader = Sequential(Linear(784, 100, rng=3), ReLU(), Linear(100, 10, rng=4))
    optimizer = SGD(reader.parameters(), lr=0.1, momentum=0.9)
    sets = mnist_train.arrays, mnist_test.arrays
    _, found = train(reader, optimizer, *sets, 5, 64, np.random.default_rng(5))
    print(f"{found[-1]:.1%} of the held-out digits are right")

# %% [markdown]
r"""
The same functions, twelve times as many pixels, and not a line has changed. With the solutions of this course, 94 percent are right
after these 5 epochs, and 96 after 20. That is less than of the small digits: in larger pictures, they can differ in more ways.

## What you have built

A Tensor that remembers where it came from. Two dozen operations, each of which knows how to send blame back. A walk through
any graph, in the right order, that adds where paths meet. A check that tells right from nearly right. Layers, a loss, optimizers. And
today the loop, so that all of it together learned to read. The network has 7510 weights, and they have taken 900 steps: 6.8 million
small moves, each of them computed by rules that are worked out in these notebooks, down to the last product. Nothing in it is magic,
and you could write it again.

| name | what it does |
|---|---|
| `batches` | all examples once, in random order, some at a time |
| `train_step` | forgets, computes the loss, goes backwards, moves; refuses nan |
| `predict`, `accuracy` | the largest logit; how often it is right |
| `train` | the loop over epochs, with its history |
| `confusion` | what was taken for what |

**Where to go.** If the table at the top says "borrowed" somewhere, go back to that lesson, and make it "yours": the cells of this
notebook will run on it. Then change things: a second hidden layer, `Adam`, fewer training digits, another width. Predict before you
run.

And open PyTorch. `zero_grad`, `backward`, `step`, `Linear`, `state_dict`: the names are the same, and they mean what yours mean. When
something there behaves strangely, you know what is below it, because you have been there. Above all you know how to ask the question
of lesson 09: is this gradient right?
"""
