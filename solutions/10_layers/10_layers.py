# %% [markdown]
r"""
# 10 · Layers and losses

*25 points · about 130 minutes*

**After this you can**

- build a network from layers, and find everything in it that is to be learned;
- save what was learned, and load it without surprises;
- write a loss for a classifier that large numbers cannot break, and say what its gradient means.

**You need** `@`, `+` and broadcasting of a bias (lessons 06 and 07), the class `Function` (lesson 03), sums along axes,
`keepdims` and `reshape` (lesson 05), and `backward()`. All of them come finished from `babygrad`. Each check works with
finished parts in the place of your other answers; the pictures and the last cells use *yours*.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from babygrad import Function, Tensor, exp, relu
from babygrad.diagram import diagram
from babygrad.init import kaiming_uniform
from babygrad.plot import axes, described

# %% [markdown]
r"""
## Where are the weights?

A small network takes rows of 3 numbers, makes 4 of them, cuts off what is negative, and makes 2:
"""

# %%
rng = np.random.default_rng(5)
w1, b1 = Tensor(rng.normal(size=(3, 4))), Tensor(np.zeros(4))
w2, b2 = Tensor(rng.normal(size=(4, 2))), Tensor(np.zeros(2))

x = np.array([[3.0, -5.0, 7.0], [4.0, 8.0, -6.0]])
print(relu(x @ w1 + b1) @ w2 + b2)

# %% [markdown]
r"""
To train it, somebody has to go through all four Tensors after each `backward()`, and nudge them. With four of them, one
can write a list. With forty, somebody forgets one, and nothing tells: the network trains all the same, only worse.

So we let objects keep what belongs to them, and have a search find it. Two classes are all that takes:

- a **Parameter** is a Tensor that is to be learned. It can do what a Tensor can; the class is its mark.
- a **module** is a part of a model: a function with parameters. It keeps them as attributes. A module may keep
  other modules, and those keep parameters of their own.
"""

# %% tags=["given:module"]
#| export
class Parameter(Tensor):
    """A Tensor that is to be learned."""


class Module:
    """A part of a model. A subclass says in forward what it makes of its input."""

    def __call__(self, x):
        return self.forward(x)

    def parameters(self):
        """All Parameters, those of inner modules too."""
        return [parameter for _, parameter in self.named_parameters()]


class ReLU(Module):
    """What is negative becomes 0."""

    def forward(self, x):
        return relu(x)

# %% [markdown]
r"""
`__call__` lets you write `model(x)` for `model.forward(x)`, as `Function` did. `parameters` relies on a method
that does not exist yet: your answers will give it to `Module`. If you run the cell above once more, run them again,
too; it makes a new class without them.

**Predict, then run.** Python keeps an object's attributes in a dictionary, and `vars(object)` shows it. In which order
will the three names be printed?
"""

# %%
block = Module()
block.weight = Parameter([[4.0, -6.0]])
block.steps = 7
block.bias = Parameter([3.0, 5.0])
print(list(vars(block)))
print([isinstance(value, Parameter) for value in vars(block).values()])

# %% [markdown]
r"""
In the order of assignment. `isinstance(value, Parameter)` tells what is to be learned from the rest.

### 10.1 Find the parameters

*7 points · 30 minutes · difficulty 4 of 5*

`named_parameters(self)` returns a list of pairs: a name, and the Parameter itself. A name is the way to it:

| where it is kept | its name |
|---|---|
| `model.scale` | `"scale"` |
| `model.hidden.weight` | `"hidden.weight"` |
| `model.layers[2].bias` | `"layers.2.bias"` |
| `model.body.layers[0].weight` | `"body.layers.0.weight"` |

So there are three kinds of attributes to look at: Parameters; modules, however deep; lists and tuples of those two.
Everything else is passed over, also Tensors that are no Parameters. The order is that of the attributes, and of the
places in a list. (No module holds one that holds *it*: a search would go round for ever.)

A Parameter may be kept in two places, on purpose. Then it is in the list **once**, under the name found first:
otherwise each step would nudge it twice. A set tells Tensors apart as objects, as in lesson 08; *one* set has to serve
the whole search, down to the innermost module.

This is a function outside of any class; the line below it makes it a method of all modules.
"""

# %% tags=["solution:named_parameters"]
#| export
def named_parameters(self):
    """All Parameters in this module and in what it holds, each once, with their names.

    self: a Module. Returns a list of pairs (str, Parameter), in the order of assignment.
    For a module with weight, steps = 7 and bias, the names are "weight" and "bias".
    """
    ### BEGIN SOLUTION
    found, seen = [], set()

    def search(name, value):
        """Look at one thing, and into it if it holds others."""
        if isinstance(value, Parameter) and value not in seen:
            seen.add(value)
            found.append((name, value))
        elif isinstance(value, (Module, list, tuple)):
            inside = vars(value).items() if isinstance(value, Module) else enumerate(value)
            for inner, item in inside:
                search(f"{name}.{inner}", item)

    for attribute, value in vars(self).items():
        search(attribute, value)
    return found
    ### END SOLUTION


Module.named_parameters = named_parameters

# %% tags=["check:named_parameters:7"]
check("10_layers/named_parameters", named_parameters)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Begin with Parameters that are attributes of the module itself: the check has points for that alone. Then ask about an
inner module: who can find what is in there? The same search, one level down, if it is told the name so far. As a
function within your function, it has one list and one set for all levels.
</details>
<details><summary>Hint 2: the pieces</summary>

The inner function gets a name and a value, as in 8.1, and calls itself for what is inside. Three cases, in the order
of the text above. `vars(value).items()` gives names and values of a module, `enumerate(value)` gives places and entries
of a list. `f"{a}.{b}"` joins two names with a dot.
</details>
<details><summary>Hint 3: nearly there</summary>

In the first case: has this Parameter been seen? If not, note it, and put the pair into the list. In the two others: call
the inner function for every item, with the name so far, a dot, and the item's own name or place. Outside, start it for
each attribute of `self`, and return the list. List and set are made in the outer function, anew in each call.
</details>
"""

# %%
model = Module()
model.block = block
model.more = [Parameter([7.0]), block.bias]
for name, parameter in model.named_parameters():
    print(name, parameter.data)

# %% [markdown]
r"""
Three names: `more.1` is missing, because `block.bias` is the same object.

## Keeping what was learned

Training may take hours, and what it leaves behind is numbers. Names and arrays, without any of your
classes, are what one keeps: a **state**.

Loading is where people lose days. A state may come from another version of the model, with a layer more, or a
matrix that lies on its side. NumPy would put a `bias` of shape (1,) into one of shape (3,) without a word.

### 10.2 Save and load

*5 points · 20 minutes · difficulty 3 of 5*

`state_dict(self)` returns a dictionary, `{"weight": array, …}`, with a **copy** of every Parameter's data. The model
goes on training; the state does not.

`load_state_dict(self, state)` gives every Parameter the numbers that stand under its name, and keeps no array of the
state itself. If anything does not fit, it raises a `ValueError`, and **nothing** is loaded. Its message has

- every name that the model has and the state has not;
- every name that the state has and the model has not;
- for another shape the name and both shapes, as `(3, 2)` and `(2, 3)`.

All faults in *one* message: somebody who reads `bias` alone mends `bias`, and comes back. With `faults = []`, `if faults:`
asks whether there are any, and `"; ".join(faults)` makes one text of several.

`p.data[...] = array` writes numbers into the array that is there.
"""

# %% tags=["solution:state_dict"]
#| export
def state_dict(self):
    """Copies of all Parameters' data: a dict of arrays by name.

    With one Parameter, weight, that holds [3, 5], it is {"weight": array([3, 5])}.
    """
    ### BEGIN SOLUTION
    return {name: p.numpy() for name, p in self.named_parameters()}
    ### END SOLUTION


def load_state_dict(self, state):
    """Give all Parameters the numbers in state, a dict of arrays by name: all or none.

    Raises ValueError that tells all names that are missing or unexpected, and shapes that differ.
    """
    ### BEGIN SOLUTION
    own = dict(self.named_parameters())
    faults = [f"{name} is missing" for name in own if name not in state]
    faults += [f"{name} is unexpected" for name in state if name not in own]
    for name, p in own.items():
        if name in state and state[name].shape != p.shape:
            faults.append(f"{name} has shape {state[name].shape}, and should have {p.shape}")
    if faults:
        raise ValueError("; ".join(faults))
    for name, p in own.items():
        p.data[...] = state[name]
    ### END SOLUTION


Module.state_dict = state_dict
Module.load_state_dict = load_state_dict

# %% tags=["check:state_dict:5"]
check("10_layers/state_dict", state_dict, load_state_dict)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Loading has two halves, and the second begins when the first has ended: look at everything, then change everything. In
the first half nothing is loaded; in the second nothing can go wrong.
</details>
<details><summary>Hint 2: the pieces</summary>

`dict(pairs)` makes a dictionary of what 10.1 returns; `self.named_parameters()` is there. A Tensor's `numpy()` is
a copy. Three questions need three loops: through the model's names, through the state's, and through those in both.
</details>
<details><summary>Hint 3: nearly there</summary>

Make a list of faults, each of them a text with the name in it. `if name not in state` asks about keys. Compare shapes
only where both sides have the name. When the list is complete: raise an error if it is not empty. Then one more loop,
through the Parameters, with the assignment that the text above ends with.
</details>
"""

# %% [markdown]
r"""
**Predict, then run.** What happens to `block.weight` here, and what does the message say?
"""

# %%
state = block.state_dict()
state["weight"] = state["weight"].T
state["bais"] = state.pop("bias") * 10
try:
    block.load_state_dict(state)
except ValueError as error:
    print(error)
print(block.weight.data)

# %% [markdown]
r"""
Nothing happens to it, and one message tells all three faults: a name misspelt is one that is missing and one that is
unexpected.

## Layers

### 10.3 Linear

*3 points · 10 minutes · difficulty 2 of 5*

The layer of all layers: every output is a weighted sum of all inputs, plus a number of its own.

$$y = x \, W + b$$

With `x = [[3, -5, 7]]`, `W = [[4, -6], [8, 5], [-3, 9]]` and `b = [10, 20]`, the first output is
3 · 4 - 5 · 8 - 7 · 3 + 10 = -39. Each row of `x` is one example; `x` may have more axes in front.

| attribute | shape | at the beginning |
|---|---|---|
| `weight` | `(n_in, n_out)` | random; `kaiming_uniform(n_in, n_out, generator)` returns such an array |
| `bias` | `(n_out,)` | zeros in float32; with `bias=False` the attribute is None, and nothing is added |

Why random, and of which size, is the subject of lesson 11. The `generator` is made of `rng`, a seed, in the first line.
"""

# %% tags=["solution:linear"]
#| export
class Linear(Module):
    """y = x @ weight + bias."""

    def __init__(self, n_in, n_out, bias=True, rng=None):
        """n_in, n_out: how many numbers go in and come out, for each example.

        bias: whether there is one. rng: a seed, or a generator, for the weights.
        Linear(3, 2) has 6 random weights, and 2 zeros for a bias.
        """
        generator = np.random.default_rng(rng)
        ### BEGIN SOLUTION
        self.weight = Parameter(kaiming_uniform(n_in, n_out, generator))
        self.bias = Parameter(np.zeros(n_out, np.float32)) if bias else None
        ### END SOLUTION

    def forward(self, x):
        """x: Tensor or ndarray of shape (…, n_in). Returns a Tensor of shape (…, n_out)."""
        ### BEGIN SOLUTION
        y = x @ self.weight
        return y if self.bias is None else y + self.bias
        ### END SOLUTION

# %% tags=["check:linear:3"]
check("10_layers/Linear", Linear)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

`__init__` makes the two Parameters, and keeps them; `forward` is the formula. Nobody has to write a backward: `@` and
`+` have theirs.
</details>
<details><summary>Hint 2: the shapes</summary>

(5, 3) times (3, 2) is (5, 2), and the bias (2,) is added to each of the five rows. Is the class of what you keep
such that 10.1 finds it? A Parameter is made like a Tensor, and takes its dtype from the array.
</details>
<details><summary>Hint 3: nearly there</summary>

`np.zeros` takes a size and a dtype. For the bias there are two cases, in either method: is there one, or is it None?
`is None` asks. In `forward`, take the attributes of `self`, and not their `.data`: that would cut the history.
</details>
"""

# %% [markdown]
r"""
### 10.4 Sequential

*2 points · 5 minutes · difficulty 1 of 5*

Most networks are chains: each module gets what the one before has made. `Sequential(a, b, c)` keeps its modules in a
list called `layers`, and `forward(x)` returns

$$c(b(a(x))).$$

If `a` multiplies by 3, `b` adds 5, and `c` multiplies by -4, then 7 becomes 21, 26, and in the end -104. A chain
without any modules returns what it was given.

`*modules` in the first line gathers all arguments, however many there are, into one tuple.
"""

# %% tags=["solution:sequential"]
#| export
class Sequential(Module):
    """Modules one after the other."""

    def __init__(self, *modules):
        """modules: any number of Modules. Keeps them in the list self.layers."""
        ### BEGIN SOLUTION
        self.layers = list(modules)
        ### END SOLUTION

    def forward(self, x):
        """x: what the first module takes. Returns what the last one makes."""
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer(x)
        return x
        ### END SOLUTION

# %% tags=["check:sequential:2"]
check("10_layers/Sequential", Sequential)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

A loop through the modules, and one name for what is on its way: at first it is the input, in the end the result.
</details>
<details><summary>Hint 2: the pieces</summary>

`list(…)` makes a list of a tuple. A module is called like a function.
</details>
<details><summary>Hint 3: nearly there</summary>

In each round, the name on the left of `=` is the same as the one in the parentheses. And `return` stands after the loop,
not in it.
</details>
"""

# %% [markdown]
r"""
This is *your* network as a tree. Boxes on the right are Parameters, with the names that your search gave
them:
"""

# %% tags=["figure"]
def module_tree(model):
    names = {id(parameter): name for name, parameter in named_parameters(model)}
    boxes, arrows, told, rows = {}, [], [], iter(range(100))

    def place(key, thing, column):
        inner = vars(thing) if isinstance(thing, Module) else {}
        held = {}
        for name, value in inner.items():
            several = enumerate(value) if isinstance(value, (list, tuple)) else None
            held.update({f"{name}.{i}": v for i, v in several} if several else {name: value})
        held = {n: v for n, v in held.items() if isinstance(v, (Module, Parameter))}
        heights = [place(f"{key}/{n}", v, column + 1) for n, v in held.items()]
        arrows.extend((key, f"{key}/{n}", n) for n in held)
        y = sum(heights) / len(heights) if heights else 58 * next(rows)
        title = f"a {type(thing).__name__}"
        if isinstance(thing, Parameter):
            title = f"{names.get(id(thing), 'not found')}\nshape {thing.shape}"
            told.append(title.replace("\n", ", "))
        boxes[key] = (250 * column, y, title)
        return y

    place("model", model, 0)
    text = f"A {type(model).__name__} holds its layers. The Parameters found: {'; '.join(told)}."
    return diagram("The tree of a network", text, boxes, arrows)


net = Sequential(Linear(3, 4, rng=5), ReLU(), Linear(4, 2, rng=7))
module_tree(net)

# %% [markdown]
r"""
The ReLU has nothing to learn, and still counts: the second Linear is number 2.

This is a good place for a break. What follows needs nothing of the above, until both parts meet at the end.

## From scores to a loss

A network that is to choose among three classes returns three numbers for each example, its **logits**. The largest one
wins. For training that is too coarse: nudge a weight, and mostly the same class wins. So the logits are
made into shares of 1. `exp` makes each of them positive, and then each is divided by the sum. This is called **softmax**:
"""

# %% tags=["figure"]
def logits_to_shares():
    logits, columns = np.array([3.0, 5.0, 4.0]), ["class 0", "class 1", "class 2"]
    figure, panels = axes(columns=3, width=8, height=2.9)
    parts = [logits, np.exp(logits), np.exp(logits) / np.exp(logits).sum()]
    titles = ["logits", "exp of them: sum 223.1", "divided by 223.1: sum 1"]
    for ax, values, title in zip(panels, parts, titles, strict=True):
        bars = ax.bar(columns, values, width=0.6, edgecolor="black")
        ax.bar_label(bars, [f"{value:.3g}" for value in values])
        ax.set(title=title, yticks=[], ylim=(0, 1.15 * values.max()))
        ax.grid(visible=False)
    text = (
        "Three bars each: the logits 3, 5, 4; their exponentials 20.1, 148, 54.6, with the sum "
        "223.1; the shares 0.09, 0.665, 0.245."
    )
    return described(figure, "From logits to shares", text)


logits_to_shares()

# %% [markdown]
r"""
If class 2 is right, its share of 0.245 should grow. The **loss** is minus the logarithm of that share: 1.408 here, 0 if
the share were 1, and large if it is near 0. The logarithm of a quotient is a difference:

$$-\log \frac{e^{4}}{e^{3} + e^{5} + e^{4}} = \log(e^{3} + e^{5} + e^{4}) - 4 = 5.408 - 4 = 1.408$$

So what is needed is the logarithm of a sum of exponentials, **logsumexp**, and then the right logit is taken off.

**Predict, then run.** Nobody keeps logits small. What do 1003, 1005 and 1004 give?
"""

# %%
big = np.array([1003.0, 1005.0, 1004.0])
with np.errstate(over="ignore"):
    print(np.log(np.exp(big).sum()))

# %% [markdown]
r"""
$e^{1005}$ has 437 digits, and no float holds that many. (In float32, 89 is too much.) But the largest logit may be
taken out of the sum, and the numbers that remain are harmless:

$$\log(e^{1003} + e^{1005} + e^{1004}) = 1005 + \log(\underbrace{e^{-2} + e^{0} + e^{-1}}_{1.503}) = 1005.408$$

Nothing was changed: each term was divided by $e^{1005}$, the sum as well, and the logarithm gives the 1005 back. And
nothing can overflow any more, as no number is above 0. One term is $e^0 = 1$, so the logarithm never
meets a 0 either.

### 10.5 LogSumExp

*5 points · 25 minutes · difficulty 4 of 5*

Write it as an operation, with a rule of its own. `axes` and `keepdims` are those of `Summation`; NumPy's `max`
and `sum` understand them. With `axes=1`, **each row has a largest number of its own**.

Nudge one logit: the sum moves by its exponential times the nudge, and the logarithm divides by the sum. So the slope is
that element's **share**:

$$\frac{\partial \, \mathrm{logsumexp}(x)}{\partial x_i} = \frac{e^{x_i}}{\sum_j e^{x_j}} = e^{\,x_i - \mathrm{logsumexp}(x)}$$

For 3, 5, 4 and an `out_grad` of 10, the gradient is 0.9, 6.65, 2.45. The form on the right cannot overflow. And `node`
is the logsumexp; `node._inputs` holds the one input. `forward` is given an array, so that `np.exp` is the right one
there; `backward` has Tensors, and their `exp` was imported above.

Mind the shapes, both ways: for `x` of shape (2, 3) and `axes=1`, the largest numbers, `node` and `out_grad` have shape
(2,), unless the axis is kept. And if `x` has as many rows as columns, NumPy takes rows for columns without a word.
"""

# %% tags=["solution:logsumexp"]
#| export
class LogSumExp(Function):
    """log(sum(exp(x))) along some axes, without overflow."""

    def __init__(self, axes=None, keepdims=False):
        """axes: None (all), an int, or a tuple of ints. keepdims: whether they stay (size 1)."""
        self.axes = axes
        self.keepdims = keepdims

    def forward(self, x):
        """x: ndarray. Of [[3, 5, 4], [7, -6, 6]], with axes=1, it returns [5.408, 7.313]."""
        ### BEGIN SOLUTION
        largest = x.max(axis=self.axes, keepdims=True)
        result = np.log(np.exp(x - largest).sum(axis=self.axes, keepdims=True)) + largest
        return result if self.keepdims else result.squeeze(self.axes)
        ### END SOLUTION

    def backward(self, out_grad, node):
        """The gradient of the loss with respect to x: a Tensor with the shape of x.

        out_grad: Tensor, with the shape of the result. node: Tensor, the result.
        """
        ### BEGIN SOLUTION
        (x,) = node._inputs
        kept = x.data.sum(axis=self.axes, keepdims=True).shape
        return out_grad.reshape(kept) * exp(x - node.reshape(kept))
        ### END SOLUTION


def logsumexp(x, axes=None, keepdims=False):
    """log(sum(exp(x))) along axes: logsumexp(Tensor([3, 5, 4])) has data 5.408."""
    return LogSumExp(axes, keepdims)(x)

# %% tags=["check:logsumexp:5"]
check("10_layers/LogSumExp", LogSumExp)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Forward: find the largest, take it off, do what the name says from right to left, put the largest back. Backward: the
share, times the upstream gradient, `out_grad`.
</details>
<details><summary>Hint 2: the shapes</summary>

With `keepdims=True`, the maximum of a (2, 3) along axis 1 is a (2, 1), and can be taken off. Keep all axes until the end;
an array's `squeeze(axes)` removes those of size 1 that it is told. Backward needs (2, 1) as well: ask NumPy for the
shape of a sum that keeps its axes, and `reshape` both Tensors.
</details>
<details><summary>Hint 3: nearly there</summary>

`forward` in three lines: the largest · the logarithm of the sum, plus the largest · which of the two forms is wanted.
`backward` in three: the input · the shape with a 1 in it · a product of two. One is `out_grad` in that shape, the other
`exp` (imported above, for Tensors) of a difference.
</details>
"""

# %% [markdown]
r"""
What does taking off the largest save? Here the same constant is added to 3, 5 and 4, in float32, and taken off the
result again. Both lines should stay at 5.408.
"""

# %% tags=["figure"]
def shifted_logits():
    shifts = np.arange(-160, 161, 2, dtype=np.float32)
    x = np.array([3, 5, 4], np.float32) + shifts[:, None]
    with np.errstate(all="ignore"):
        plain = np.log(np.exp(x).sum(axis=1)) - shifts
        yours = logsumexp(Tensor(x), axes=1).data - shifts
    good = np.isfinite(plain) & (abs(plain - 5.408) < 0.05)
    figure, ax = axes(width=7, height=3)
    ax.plot(shifts[good], plain[good], "-", linewidth=7, alpha=0.5, label="log of the sum of exp")
    ax.plot(shifts, yours, "k-", label="yours")
    lost = shifts[~good & (shifts < 0)].max(), shifts[~good & (shifts > 0)].min()
    for place, words in zip(lost, ("0 for exp(x)", "exp(x) is infinite"), strict=True):
        arrow = {"arrowstyle": "->"}
        ax.plot(place, 5.408, "kX", markersize=10)
        ax.annotate(words, (place, 5.45), (place, 6.1), ha="center", arrowprops=arrow)
    ax.set(xlabel="what was added to all logits", ylabel="logsumexp, shifted back", ylim=(4, 7))
    ax.legend(loc="lower center", ncols=2)
    text = (
        f"The plain formula ends near {lost[0]:.0f} on the left, where exp gives 0 or too few "
        f"digits, and at {lost[1]:.0f} on the right, where exp is infinite. Yours goes from "
        f"{np.min(yours):.3f} to {np.max(yours):.3f} over the whole range."
    )
    return described(figure, "Logsumexp with a shift", text)


shifted_logits()

# %% [markdown]
r"""
### 10.6 The loss

*3 points · 15 minutes · difficulty 3 of 5*

`softmax_loss(logits, labels)` is the **mean** over the batch. For rows $x$ with the right class $k$:

$$L = \frac{1}{N} \sum_{\text{rows}} \big( \mathrm{logsumexp}(x) - x_{k} \big)$$

For the logits `[[3, 5, 4], [7, -6, 6]]` and the labels `[2, 0]`: 1.408 and 7.313 - 7 = 0.313, the mean 0.860.

`logits` is a Tensor of shape (N, C); `labels` is an array of N integers, from 0 to C - 1. For any other label, raise a
`ValueError` with a message: NumPy would count -1 from the end.

How to pick the right logits, so that a gradient goes back? Tensors of babygrad have no `x[…]`. Multiply by an array that
is 1 in the right places and 0 elsewhere, and sum: `mask[rows, labels] = 1` sets one place in each row, where `rows` is
`np.arange(N)`. Give the mask the dtype of the logits; NumPy would choose float64, and so would the loss.
"""

# %% tags=["solution:softmax_loss"]
#| export
def softmax_loss(logits, labels):
    """The mean over the rows of logsumexp minus the right logit.

    logits: Tensor of shape (N, C). labels: array of N integers from 0 to C - 1.
    Returns a Tensor of shape (), in the dtype of the logits; [[3, 5, 4]] and [2] give 1.408.
    Raises ValueError for a label that is below 0, or C or more.
    """
    ### BEGIN SOLUTION
    n, classes = logits.shape
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be 0 to {classes - 1}: {labels.min()} to {labels.max()}")
    mask = np.zeros((n, classes), logits.dtype)
    mask[np.arange(n), labels] = 1
    return (logsumexp(logits, axes=1) - (logits * mask).sum(axis=1)).mean()
    ### END SOLUTION

# %% tags=["check:softmax_loss:3"]
check("10_layers/softmax_loss", softmax_loss)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Three numbers for each row become one: the logsumexp along the classes. Three more become one: the right logit. Then a
difference, and a mean. All of it with Tensors, so that nothing is left to do for the way back.
</details>
<details><summary>Hint 2: the shapes</summary>

Logits and mask are (N, C). Both sums along axis 1 are (N,), and so is the difference. The mean has shape (). Tensors
have `.sum(axis=…)` and `.mean()`.
</details>
<details><summary>Hint 3: nearly there</summary>

First the labels: an array's `.min()` and `.max()` tell whether there is one outside. Then the mask, in two lines: zeros
in the shape and dtype of the logits, and ones by the assignment above. The last line has `logsumexp` with its `axes`,
a minus, and a product summed along the same axis.
</details>
"""

# %% [markdown]
r"""
**Predict, then run.** What is the gradient with respect to the logits 3, 5, 4, if class 2 is right? The shares were 0.09,
0.665 and 0.245.
"""

# %%
logits = Tensor([[3.0, 5.0, 4.0]])
softmax_loss(logits, np.array([2])).backward()
print(logits.grad.round(3))

# %% [markdown]
r"""
**The shares, minus 1 for the right class.** The wrong ones are pushed down by the share they have; the right one is
pulled up by what it lacks. If all shares are right, nobody moves.

And now everything together. 90 points lie on three arms of a spiral, and your network learns which arm each is on. A
step is what it was in lesson 08, for all parameters at once:
"""

# %%
rng = np.random.default_rng(5)
labels = np.repeat([0, 1, 2], 30)
radius = np.tile(np.linspace(0.2, 2, 30), 3)
angle = 2 * radius + labels * 2 * np.pi / 3 + rng.normal(size=90) * 0.1
points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype(np.float32)

net = Sequential(Linear(2, 32, rng=5), ReLU(), Linear(32, 3, rng=7))
losses = []
for _ in range(500):
    loss = softmax_loss(net(points), labels)
    for p in net.parameters():
        p.grad = None
    loss.backward()
    for p in net.parameters():
        p.data -= 0.5 * p.grad
    losses.append(float(loss.data))
print(losses[0], losses[-1])

# %% tags=["figure"]
def learned():
    figure, (left, right) = axes(columns=2, width=8, height=3.6)
    left.plot(losses)
    left.axhline(np.log(3), color="black", linewidth=1)
    left.annotate("ln 3: three equal shares", (len(losses), np.log(3)), ha="right", va="bottom")
    left.set(xlabel="step", ylabel="loss", ylim=(0, max(1.25, losses[0] * 1.05)))
    side = np.linspace(-2.3, 2.3, 120, dtype=np.float32)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    winners = net(grid).data.argmax(axis=1).reshape(120, 120)
    shades = ["#f3f3f3", "#dce6f2", "#c5c5c5"]
    right.contourf(side, side, winners, levels=[-0.5, 0.5, 1.5, 2.5], colors=shades)
    for label, mark in enumerate("os^"):
        mine = points[labels == label]
        right.plot(*mine.T, mark, markersize=4, linestyle="", label=f"class {label}")
    right.set(aspect="equal", xticks=[], yticks=[])
    right.legend(loc="upper left", bbox_to_anchor=(1, 1))
    hits = int((net(points).data.argmax(axis=1) == labels).sum())
    text = (
        f"Left: the loss goes from {losses[0]:.2f} to {losses[-1]:.2f} in {len(losses)} steps. "
        f"Right: the plane in three regions, one a class; {hits} of 90 points lie in their own."
    )
    return described(figure, "What your network has learned", text)


learned()

# %% [markdown]
r"""
(Each point has the mark of its class; the shade behind it says which class the network chooses there. If the loss has
not moved at all, no Parameters were found: look for "not found" in the tree above.) A straight cut cannot part the arms:
take the ReLU out, run both cells again, and see where the loss stays. (Near 0.70, with 53 of the 90 points in the right
region.)

## What you have now

| name | what it does | gradient rule |
|---|---|---|
| `Parameter` | a Tensor that is to be learned | |
| `Module` | keeps parameters and modules; finds, saves and loads them | |
| `Linear` | `x @ weight + bias` | by those of `@` and `+` |
| `Sequential` | one module after the other | |
| `logsumexp(x)` | logarithm of the sum of exponentials | `out_grad` times the shares |
| `softmax_loss` | mean of logsumexp minus the right logit | (shares, minus 1 for the right class) / N |

The weights began somewhere, and the steps were 0.5 long, because we said so. Lesson 11 asks where to begin, and how
to walk.
"""
