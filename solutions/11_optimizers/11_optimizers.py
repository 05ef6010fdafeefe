# %% [markdown]
r"""
# 11 · Initialisation and optimizers

*25 points · about 85 minutes*

**After this you can**

- draw random weights of the right size, and say why that size is right;
- write the optimizers that people train with: gradient descent, momentum, weight decay, Adam;
- tell from a curve that somebody has forgotten `zero_grad`.

**You need** `backward` and `.grad` from lesson 08, and what a layer computes from lesson 10: `x @ weight + bias`. Tensor and
operations come finished from `babygrad`. The checks ask about each exercise by itself; the pictures use *your* functions
and classes.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from babygrad import Tensor
from babygrad.optim import Optimizer
from babygrad.plot import axes, described

# %% [markdown]
r"""
## How large is a sum?

A layer starts with random weights. How large should they be? One might think that it does not matter, since training changes
them anyway. It matters a lot, and a coin shows why.

Heads you win 3, tails you lose 3. The **variance** is the mean of the squares (when the mean is 0), here 9. Its root, 3, is the
**standard deviation**: how far from 0 a typical result lies. Now play twice and add up. You get 6, 0, 0 or -6, and the mean of
the squares is (36 + 0 + 0 + 36) / 4 = 18. Twice as many coins, twice the variance. In general, **variances of independent
random numbers add up**.

An output of a layer is such a sum. With 400 inputs it has 400 products, each of an input and a weight. For independent numbers
with mean 0, **the variance of a product is the product of the variances**. So if inputs and weights have variance 1, each product
has variance 1 · 1, and the output has variance 400.

**Predict, then run.** What standard deviation has the output below, for weights of standard deviation 1, of 0.01, and of 0.05?
(`rng.normal(mean, deviation, shape)` draws normally distributed numbers.)
"""

# %%
rng = np.random.default_rng(5)
x = rng.normal(0, 1, (1000, 400))
for deviation in (1, 0.01, 0.05):
    weight = rng.normal(0, deviation, (400, 300))
    print(deviation, "→", round((x @ weight).std(), 2))

# %% [markdown]
r"""
20 is the root of 400. One layer makes its numbers 20 times as large, and ten of them, $20^{10}$ times: ten million million.
With 0.01, each layer divides by 5, and after ten of them a ten-millionth is left. With 0.05 the size stays as it is: 0.05
squared is 1/400, so that 400 products together have variance 1.

Two things are still missing.

**relu** sets negative numbers to 0. Half of the squares are gone, so the next sum has half the variance. Kaiming He's answer
(2015) is to double the variance of the weights: $2 / n_\text{in}$.

**The way back.** There the layer computes `out_grad @ weight.T`, and each sum has one product for every *output*. What keeps
gradients steady is $1 / n_\text{out}$. Both at once cannot be had, unless the sizes are equal. Xavier Glorot's compromise
(2010) is 1 divided by the mean of both sizes. It is made for tanh, which hardly changes numbers near 0 and throws none away.
Kaiming leaves the way back aside, and can: there each layer is off by $n_\text{out} / n_\text{in}$, one layer's $n_\text{out}$
is the next one's $n_\text{in}$, and of all these factors together only the first and the last size remain.

### 11.1 Two ways to begin

*5 points · 12 minutes · difficulty 2 of 5*

$$\operatorname{Var}_\text{kaiming} = \frac{2}{n_\text{in}} \qquad
\operatorname{Var}_\text{xavier} = \frac{2}{n_\text{in} + n_\text{out}}$$

By Kaiming's rule, the weights of a layer from 50 to 150 numbers have variance 0.04, so their standard deviation is 0.2. By
Xavier's, the variance is 0.01, and the standard deviation 0.1.

Draw normally distributed numbers, with mean 0, from the generator `rng` that is passed in: whoever passes in one with the same
seed gets the same weights again. `rng.normal` makes float64, and our layers compute in float32: `array.astype(np.float32)`
gives an array in that dtype. `np.sqrt` takes roots.
"""

# %% tags=["solution:init"]
#| export
def kaiming_normal(n_in, n_out, rng):
    """Random weights for a layer that is followed by relu.

    n_in, n_out: how many numbers go in and come out. rng: a np.random.Generator.
    Returns an ndarray of shape (n_in, n_out), float32: normal numbers of variance 2 / n_in.
    For 50 and 150 their standard deviation is 0.2.
    """
    ### BEGIN SOLUTION
    return rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)).astype(np.float32)
    ### END SOLUTION


def xavier_normal(n_in, n_out, rng):
    """Random weights for a layer that is followed by tanh.

    As kaiming_normal, with variance 2 / (n_in + n_out).
    For 50 and 150 their standard deviation is 0.1.
    """
    ### BEGIN SOLUTION
    return rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out)).astype(np.float32)
    ### END SOLUTION

# %% tags=["check:init:5"]
check("11_optimizers/init", kaiming_normal, xavier_normal)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

One call of `rng.normal` draws all the numbers. It wants to know three things: around what, how far from there, and in which shape.
The first and the last are told above in words.
</details>
<details><summary>Hint 2: variance and deviation</summary>

The formula says what the *variance* is, and the second argument of `rng.normal` is the *standard deviation*. In the example,
what led from 0.04 to 0.2?
</details>
<details><summary>Hint 3: nearly there</summary>

The shape is a tuple of two sizes, in the order in which they are passed in. What `rng.normal` returns is an array, and an array
has `.astype`. The second function differs from the first in one place; mind the parentheses below the fraction bar.
</details>
"""

# %% [markdown]
r"""
Ten layers, each followed by relu, with 200 and 300 numbers in turn. What goes in has size 1, where size means the root of the
mean square. Two of the four curves are made by *your* functions.

**Predict, then look.** Which curve stays level? And where does Xavier's end, if each relu halves the mean square?
"""

# %% tags=["figure"]
def ten_layers():
    def sizes(make):
        rng = np.random.default_rng(8)
        h, found = rng.normal(0, 1, (500, 200)), []
        for layer in range(11):
            found.append(float(np.sqrt(np.mean(h**2))))
            n_in, n_out = (200, 300) if layer % 2 == 0 else (300, 200)
            h = np.maximum(h @ make(n_in, n_out, rng), 0)
        return found

    ways = {
        "deviation 0.3": lambda n_in, n_out, rng: rng.normal(0, 0.3, (n_in, n_out)),
        "kaiming_normal (yours)": kaiming_normal,
        "xavier_normal (yours)": xavier_normal,
        "deviation 0.03": lambda n_in, n_out, rng: rng.normal(0, 0.03, (n_in, n_out)),
    }
    figure, ax = axes(height=3.6)
    ends = []
    for (name, make), marker in zip(ways.items(), "^os*", strict=True):
        found = sizes(make)
        ax.semilogy(found, marker=marker, label=name)
        ends.append(f"{name}: {found[-1]:.2g}")
    ax.set(xlabel="layers behind us", ylabel="size of the numbers")
    ax.legend(loc="upper left")
    text = f"Sizes on a logarithmic axis, 1 at the start. After ten layers: {'; '.join(ends)}."
    return described(figure, "The size of numbers over ten layers", text)


ten_layers()

# %% [markdown]
r"""
(Each line across is a hundred times the one below it.) Kaiming's stays near 1. Xavier's loses about half of the mean square in
every layer, so the size ends near $\sqrt{1/2^{10}}$, a thirtieth: relu is not what it was made for. The other two look harmless,
0.3 and 0.03. With other widths they would do better or worse; only a rule that looks at the widths holds for all of them.

(`Linear` of lesson 10 draws its weights evenly between $-b$ and $b$. Such numbers have variance $b^2/3$. Which $b$ has Kaiming's
variance? $b^2/3 = 2/n_\text{in}$, so $b = \sqrt{6/n_\text{in}}$.)

## Downhill, for all parameters

In lesson 08 you took ten steps with `w.grad = None` and `w.data -= 0.02 * w.grad`. A model has more than one parameter, and
these two lines become the two methods of an **optimizer**. Then every training has the same four lines:

```python
optimizer.zero_grad()
loss = ...            # computed from the parameters
loss.backward()
optimizer.step()
```

### 11.2 Gradient descent

*5 points · 10 minutes · difficulty 1 of 5*

With the **learning rate** `lr`, each parameter takes a step against its gradient:

$$w \leftarrow w - \text{lr} \cdot \frac{\partial L}{\partial w}$$

If `w` is 3, its gradient 5 and `lr` 0.1, then `w` is 2.5 afterwards.

- `step` changes `.data` of every parameter, and leaves `.grad` as it is. A parameter that the loss does not depend on has None
  for a gradient: it is passed over.
- `zero_grad` makes every `.grad` None, as before the first `backward`.

A parameter is a Tensor. What has to change is the array in it, so that the model, which holds the same Tensor, notices.

`Optimizer` has what all optimizers share; `class GradientDescent(Optimizer)` takes that over and adds a `step`. (If you skip
this exercise, do not run its cell: the later ones then use the `Optimizer` that was imported above. If you solve it afterwards,
run the cells below it again.)
"""

# %% tags=["solution:descent"]
#| export
class Optimizer:
    """Parameters, and how far a step goes."""

    def __init__(self, parameters, lr):
        """parameters: Tensors that require gradients. lr: the learning rate, above 0."""
        self.parameters = list(parameters)
        self.lr = lr

    def zero_grad(self):
        """Make .grad of every parameter None. Returns None.

        With parameters a and b, afterwards a.grad and b.grad are None, whatever they were.
        """
        ### BEGIN SOLUTION
        for parameter in self.parameters:
            parameter.grad = None
        ### END SOLUTION


class GradientDescent(Optimizer):
    """Each step goes against the gradient."""

    def step(self):
        """Move every parameter that has a gradient. Returns None.

        Changes .data of the parameters, arrays that keep their shape and dtype.
        If w is 3, its gradient 5 and lr 0.1, then w.data is 2.5 afterwards.
        """
        ### BEGIN SOLUTION
        for parameter in self.parameters:
            if parameter.grad is not None:
                parameter.data -= self.lr * parameter.grad
        ### END SOLUTION

# %% tags=["check:descent:5"]
check("11_optimizers/GradientDescent", Optimizer, GradientDescent)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Both methods go through the same list, which `__init__` has kept. What is done with one parameter, you did in lesson 08 with `w`.
</details>
<details><summary>Hint 2: the pieces</summary>

`self.parameters` is the list, `self.lr` the learning rate. A parameter has `.data` and `.grad`, and both are arrays. Whether
something is None is asked with `is None` and `is not None`.
</details>
<details><summary>Hint 3: nearly there</summary>

If nothing moves, look at what stands left of the `=`. `parameter = …` only gives a name to something else; an attribute of the
parameter has to change, as in `w.data -= …`. In `step`, the question about None stands inside the loop, before the change.
</details>
"""

# %% [markdown]
r"""
What if `zero_grad` is forgotten? `backward` **adds** to `.grad`. So each step goes by the sum of all gradients since the start.
A line through five points is to be found, with slope and offset as two parameters, by *your* optimizer. Everything is the same in
both runs, but for that one line.

**Predict, then look.** Will the loss without `zero_grad` fall faster, stand still, or do something else?
"""

# %% tags=["figure"]
def forgetting(steps=80):
    xs = np.array([-2.0, -1.0, 0.5, 1.5, 3.0])
    ys = 2.5 * xs - 1.5

    def losses(forgetful):
        slope, offset = Tensor(0.0), Tensor(0.0)
        optimizer, found = GradientDescent([slope, offset], lr=0.02), []
        for _ in range(steps):
            if not forgetful:
                optimizer.zero_grad()
            loss = ((slope * xs + offset - ys) ** 2).mean()
            loss.backward()
            optimizer.step()
            found.append(float(loss.data))
        return found

    (figure, ax), good, bad = axes(), losses(forgetful=False), losses(forgetful=True)
    ax.plot(bad, label="zero_grad forgotten", marker="x", markevery=5)
    ax.plot(good, label="with zero_grad", marker="o", markevery=5)
    ax.set(xlabel="step", ylabel="loss")
    ax.set_ylim(top=1.4 * max(bad))
    ax.legend(loc="upper right")
    text = (
        f"With zero_grad the loss falls from {good[0]:.1f} to {good[-1]:.2g}. Without it, after "
        f"step 20 the lowest is {min(bad[20:]):.2g} and the highest {max(bad[20:]):.1f}."
    )
    return described(figure, "The loss with and without zero_grad", text)


forgetting()

# %% [markdown]
r"""
It does fall at first, even faster. At the bottom the gradient is 0, but the sum is not: it still holds all the gradients from
the way down. So the parameters run through and up the other side, until new gradients have cancelled the old ones. Then back
again, like a ball in a bowl **without friction**. (Two parameters swing there, each at its own pace: that is why the curve
rarely touches 0.) A loss curve that swings like this, with no error anywhere, is what a forgotten `zero_grad` looks like.

## A ball with friction

Yet rolling is useful. Let a part of the old speed be lost in each step, say one quarter, so that three quarters are left:

| step | gradient | velocity | another gradient | velocity |
|---|---|---|---|---|
| 1 | 4 | 4 | 4 | 4 |
| 2 | 4 | 0.75 · 4 + 4 = 7 | -4 | 0.75 · 4 - 4 = -1 |
| 3 | 4 | 0.75 · 7 + 4 = 9.25 | 4 | 0.75 · (-1) + 4 = 3.25 |

Where gradients agree, the steps grow until as much is lost as comes in. A quarter of 16 is 4: that is at 16, four times the
gradient. Where gradients contradict each other, they cancel. The 0.75 is called **momentum**. Every parameter has a velocity of
its own, which is 0 before the first step.

**Weight decay** is a second thing that SGD has. Examples hold accidents, such as errors of measurement. A model that bends itself
to go through every one of them needs steep bends, and those need large weights. A pull towards 0 keeps it smoother: to each
gradient, a small part of the parameter itself is added. With `w = 3`, a gradient of 5 and a decay of 0.25, we go on with
5 + 0.25 · 3 = 5.75.

### 11.3 SGD

*7 points · 20 minutes · difficulty 3 of 5*

**SGD** stands for stochastic gradient descent: gradients come from a few examples at a time, chosen at random. The optimizer
sees nothing of that. For each parameter $w$ with gradient $g$, momentum $\mu$ and decay $\lambda$, first the decay, then the
velocity, then the step:

$$v \leftarrow \mu v + (g + \lambda w) \qquad w \leftarrow w - \text{lr} \cdot v$$

Take `w = 3`, the gradient 5, decay 0.25, and an old velocity of 2 with momentum 0.75. The new velocity is 1.5 + 5.75 = 7.25.
With `lr = 0.1`, `w` is 2.275 afterwards.

`__init__` is written. What the formula calls $v$ is `self.velocities` in the code: a list of arrays, one for each parameter, in the
same order. `for i, x in enumerate(xs)` goes through a list with numbers: `i` is 0 for the first `x`, 1 for the second, and so on.

Parameters without a gradient are passed over: no decay, no step, and the velocity stays as it was. Gradients stay as they are.
"""

# %% tags=["solution:sgd"]
#| export
class SGD(Optimizer):
    """Gradient descent with momentum and weight decay."""

    def __init__(self, parameters, lr, momentum=0, weight_decay=0):
        """momentum: from 0 to below 1. weight_decay: 0 or a little more."""
        super().__init__(parameters, lr)
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.velocities = [np.zeros_like(parameter.data) for parameter in self.parameters]

    def step(self):
        """Move every parameter that has a gradient by lr times its velocity. Returns None.

        Changes .data of the parameters, and self.velocities.
        If w is 3, its gradient 5, lr 0.1, and the rest 0, then w.data is 2.5 afterwards.
        """
        ### BEGIN SOLUTION
        for i, parameter in enumerate(self.parameters):
            if parameter.grad is not None:
                grad = parameter.grad + self.weight_decay * parameter.data
                self.velocities[i] = self.momentum * self.velocities[i] + grad
                parameter.data -= self.lr * self.velocities[i]
        ### END SOLUTION

# %% tags=["check:sgd:7"]
check("11_optimizers/SGD", SGD)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Begin with the `step` of 11.2, which is right where momentum and decay are 0: the check has a point for that. Then put the
velocity between gradient and step. The decay comes last.
</details>
<details><summary>Hint 2: the pieces</summary>

Three lines for each parameter, in the order of the formula. The gradient with decay needs a name of its own, and is made with `+`,
because `+=` would write into `.grad`. The new velocity goes to the place in the list where the old one was: that is what the
number from `enumerate` is for.
</details>
<details><summary>Hint 3: nearly there</summary>

Put the example's numbers into your lines: the gradient with decay is 5.75, three quarters of the old velocity are 1.5, together
7.25. If the steps do not grow although momentum is there, the new velocity was computed but not kept.
</details>
"""

# %% [markdown]
r"""
The two columns of velocities in the table, by *your* SGD. `lr` is 1, so that each step is as long as the velocity, and what is
printed is how far `w` has gone down:
"""

# %%
for gradients in ([4.0, 4.0, 4.0], [4.0, -4.0, 4.0]):
    w = Tensor(0.0)
    optimizer = SGD([w], lr=1.0, momentum=0.75)
    for gradient in gradients:
        before = w.data.copy()
        w.grad = np.array(gradient)
        optimizer.step()
        print(before - w.data, end="  ")
    print()

# %% [markdown]
r"""
## A step of its own for everybody

One learning rate for all is a compromise as well. If the gradient of one weight is around 400 and that of another around 0.03,
what is right for one is much too much, or next to nothing, for the other. **Adam** divides each gradient by its own usual size.
Size is again the root of the mean square: gradients of 4 and -4 have mean 0, and size 4. So it keeps two averages for each number,
`m` of the gradients and `v` of their squares.

An average that forgets: nine tenths of the old one, one tenth of what is new. Say the gradients are 4, then 6, and the average
`m` begins at 0:

| step $t$ | gradient | `m` | $1 - 0.9^t$ | corrected |
|---|---|---|---|---|
| 1 | 4 | 0.9 · 0 + 0.1 · 4 = 0.4 | 0.1 | 4 |
| 2 | 6 | 0.9 · 0.4 + 0.1 · 6 = 0.96 | 0.19 | 5.05 |

0.4 is no average of anything: nine tenths of it are the 0 that we began with. This is called **bias** (and has nothing to do with
the bias of a layer). In step 1, the gradients have a share of 0.1 in `m`, in step 2 a share of 0.09 + 0.1 = 0.19, in step $t$ one
of $1 - 0.9^t$. Divided by that share, `m` is a real average. The correction goes into the step only. The next `m` is made from
0.4, not from 4. With `v` it is the same, of the squares 16 and 36.

### 11.4 Adam

*8 points · 25 minutes · difficulty 4 of 5*

With $\beta_1, \beta_2$ for the two `betas`, and $t$ for the number of the step:

$$m \leftarrow \beta_1 m + (1 - \beta_1)\, g \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2 \qquad
w \leftarrow w - \text{lr} \cdot \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \varepsilon}$$

The first step, with `g = 4` and the usual betas, 0.9 and 0.999: `m` is 0.4, corrected 4. `v` is 0.001 · 16 = 0.016, corrected 16,
and its root is 4. So `w` moves by `lr` times 4 / 4.

$\varepsilon$, in the code `self.eps`, keeps 0 / 0 away, and is added to the root.

`self.m` and `self.v` are lists like the velocities. `beta1, beta2 = self.betas` gives both betas a name. `self.t` is 0 before the
first step: it counts steps, not parameters.
Parameters without a gradient are passed over once more, averages and all.
"""

# %% tags=["solution:adam"]
#| export
class Adam(Optimizer):
    """Steps of about lr for each number, however large its gradient is."""

    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        """betas: how much of the averages is left after a step. eps: a small number, above 0."""
        super().__init__(parameters, lr)
        self.betas = betas
        self.eps = eps
        self.m = [np.zeros_like(parameter.data) for parameter in self.parameters]
        self.v = [np.zeros_like(parameter.data) for parameter in self.parameters]
        self.t = 0

    def step(self):
        """Move every parameter that has a gradient. Returns None.

        Changes .data of the parameters, self.m, self.v and self.t.
        If w is 3, its gradient 4 and lr 0.1, then w.data is 2.9 after the first step.
        """
        ### BEGIN SOLUTION
        self.t += 1
        b1, b2 = self.betas
        for i, parameter in enumerate(self.parameters):
            if parameter.grad is not None:
                self.m[i] = b1 * self.m[i] + (1 - b1) * parameter.grad
                self.v[i] = b2 * self.v[i] + (1 - b2) * parameter.grad**2
                m = self.m[i] / (1 - b1**self.t)
                v = self.v[i] / (1 - b2**self.t)
                parameter.data -= self.lr * m / (np.sqrt(v) + self.eps)
        ### END SOLUTION

# %% tags=["check:adam:8"]
check("11_optimizers/Adam", Adam)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

It is the loop of 11.3 with two lists in the place of one. Write the first step for one number on paper, as in the example, and
then the second one with `g = 6`: that is where most mistakes show.
</details>
<details><summary>Hint 2: the pieces</summary>

One thing happens once per step, before the loop: the counting. In the loop: two averages, which are kept; two corrected ones, which
are used and then forgotten; the step. A power is `**`.
</details>
<details><summary>Hint 3: nearly there</summary>

After the step with 6, `self.m` should hold 0.96 and `self.v` 0.051984. If the first step is right and the second is not,
see whether the corrected averages went into the lists, or whether `self.t` is 2 by then. The last line is a fraction: what is above is
the corrected `m`, what is below is a root and, outside of it, `eps`.
</details>
"""

# %% [markdown]
r"""
**Predict, then run.** Two parameters with gradients of 400 and 0.03 take one step each with *your* Adam, and `lr` is 0.5. How far
does each of them move? And with the plain gradient descent of 11.2?
"""

# %%
for kind in (Adam, GradientDescent):
    steep, flat = Tensor(0.0), Tensor(0.0)
    steep.grad, flat.grad = np.array(400.0), np.array(0.03)
    kind([steep, flat], lr=0.5).step()
    print(kind.__name__, steep.data, flat.data)

# %% [markdown]
r"""
In its first step Adam moves everything by `lr`: a gradient divided by its own size is 1 or -1. (The little that is missing from
0.5 is the work of `eps`, and of rounding.) Later it is less than that wherever gradients do not agree.

## Three paths in a ravine

The loss below is a valley, $L = 0.5\,x^2 + 12.5\,y^2$: equally far from the star, it is 25 times as steep across as along its floor.
Your three optimizers start at the cross, each with a learning rate that suits it, and take 60 steps.

**Predict, then look.** Which of the three jumps from wall to wall most often? Which runs farthest past the star, and turns back?
"""

# %% tags=["figure"]
def ravine():
    def path(make):
        place = Tensor([-6.0, 1.6])
        optimizer, places = make([place]), [place.numpy()]
        for _ in range(60):
            optimizer.zero_grad()
            (place * place * np.array([0.5, 12.5])).sum().backward()
            optimizer.step()
            places.append(place.numpy())
        return np.array(places)

    ways = {
        "gradient descent": lambda ps: GradientDescent(ps, lr=0.075),
        "SGD, momentum 0.75": lambda ps: SGD(ps, lr=0.03, momentum=0.75),
        "Adam": lambda ps: Adam(ps, lr=0.3),
    }
    (figure, ax), ends = axes(height=4.2), []
    x, y = np.meshgrid(np.linspace(-7, 2.5, 120), np.linspace(-2.2, 2.2, 80))
    ax.contour(x, y, 0.5 * x**2 + 12.5 * y**2, levels=[1, 4, 9, 16, 25, 36, 49], colors="#d0d7de")
    for (name, make), marker in zip(ways.items(), "os^", strict=True):
        places = path(make)
        ax.plot(*places.T, marker=marker, markersize=4, linewidth=1.2, label=name)
        ends.append(f"{name} ends at ({places[-1][0]:.2f}, {places[-1][1]:.2f})")
    ax.plot([-6], [1.6], "kX", [0], [0], "k*", markersize=11)
    ax.set(xlabel="x", ylabel="y")
    ax.legend(loc="lower right")
    return described(figure, "Three paths in a ravine", f"Paths from (-6, 1.6): {'; '.join(ends)}.")


ravine()

# %% [markdown]
r"""
(On a grey line, the loss is the same everywhere.) Plain descent jumps from wall to wall: its learning rate is nearly too large for
the steep direction, and still too small for the flat one. Momentum lets the jumps cancel and the way along the floor add up. Adam
makes both directions equally steep for itself and sets out diagonally, but its averages remember the way down, and it runs past.

Then why Adam? Here, somebody tried until the other two had good learning rates. With thousands of weights, each with a
steepness of its own, no single rate is good for all of them, and Adam's steps are about `lr` for each.

Last, everything of today at once: your weights, your optimizers, and a network that learns a sine curve. Momentum of 0.9 makes
steps up to ten times as long, so its learning rate is a tenth of that of plain descent.
"""

# %%
def learn_sine(make_optimizer, steps=600):
    rng = np.random.default_rng(3)
    xs = np.linspace(-3, 3, 50, dtype=np.float32).reshape(50, 1)
    first, bias = Tensor(xavier_normal(1, 30, rng)), Tensor(np.zeros(30, np.float32))
    second = Tensor(xavier_normal(30, 1, rng))
    optimizer = make_optimizer([first, bias, second])
    for _ in range(steps):
        optimizer.zero_grad()
        guess = (xs @ first + bias).tanh() @ second
        loss = ((guess - np.sin(2 * xs)) ** 2).mean()
        loss.backward()
        optimizer.step()
    return loss.data, guess.data

learned = {
    "gradient descent": learn_sine(lambda ps: GradientDescent(ps, lr=0.2)),
    "momentum": learn_sine(lambda ps: SGD(ps, lr=0.02, momentum=0.9)),
    "Adam": learn_sine(lambda ps: Adam(ps, lr=0.02)),
}
for name, (loss, _) in learned.items():
    print(f"{name:17}{loss:.4f}")

# %% tags=["figure"]
def learned_curves():
    figure, ax = axes(height=3.4)
    xs = np.linspace(-3, 3, 50)
    ax.plot(xs, np.sin(2 * xs), "k.", label="sin(2x)")
    for name, (_, guess) in learned.items():
        ax.plot(xs, guess, label=name)
    ax.set(xlabel="x", ylabel="what is learned")
    ax.set_ylim(-1.3, 1.8)
    ax.legend(loc="upper center", ncols=4)
    losses = "; ".join(f"{name} {loss:.2g}" for name, (loss, _) in learned.items())
    text = f"Points of a sine curve, and three curves that come near them. Losses: {losses}."
    return described(figure, "What the network has learned", text)


learned_curves()

# %% [markdown]
r"""
After 600 steps, Adam alone has found the bends at both ends. Change learning rates and momentum, and run both cells again. (Warnings
and a `nan` mean that a learning rate was too large: 0.3 is, for plain descent.) With `weight_decay=0.03` beside the momentum, that
curve comes less close to its points. No optimizer is the best one everywhere, and each has learning rates with which it fails.

## What you have now

| name | what it does | formula |
|---|---|---|
| `kaiming_normal` | weights before relu | variance $2 / n_\text{in}$ |
| `xavier_normal` | weights before tanh | variance $2 / (n_\text{in} + n_\text{out})$ |
| `zero_grad` | forgets the gradients, before each `backward` | |
| `GradientDescent` | steps against the gradient | $w - \text{lr} \cdot g$ |
| `SGD` | a ball with friction, and a pull towards 0 | $v \leftarrow \mu v + (g + \lambda w)$ |
| `Adam` | steps of about `lr` for each number | $m$ divided by the root of $v$ |

In lesson 12 the pieces meet: Tensor, operations, `backward`, layers and optimizers, all of them yours, learn to read
handwritten digits.
"""
