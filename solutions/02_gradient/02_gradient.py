# %% [markdown]
r"""
# 02 · What is a gradient?

*8 points · about 60 minutes*

**After this you can**

- say what a slope and a gradient are, in one sentence each, and find them by nudging;
- choose how large a nudge should be, and explain why smaller is not always better;
- multiply slopes along a chain, and find the gradient for whole arrays.

**You need** NumPy arrays and their dtypes, as in lesson 01. No calculus: the rules come out of numbers.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from babygrad.diagram import diagram
from babygrad.plot import axes, described
from babygrad.tiles import tiles

# %% [markdown]
r"""
## How many times the nudge?

Lesson 01 began with a question. `c = a * b`, with `a = 3` and `b = 4`, is 12. How much does `c` grow if one of the
inputs does?

| nudge | `c` moves from 12 to | that is | times the nudge |
|---|---|---|---|
| `a` from 3 to 3.01 | 12.04 | 0.04 | 4 |
| `b` from 4 to 4.01 | 12.03 | 0.03 | 3 |

The last column says how strongly `c` reacts, whatever the size of the nudge. It has a name: **the slope of `c`
along `a`** is 4, and along `b` it is 3. Where a nudge upwards makes the result smaller, the slope is negative.

All slopes together, one for each input, are the **gradient** of `c`. It answers for every input at once: *how many
times the nudge does the result move?* That is the whole idea.

For a product the answer is exact. For most functions it is not, because their graphs are curved. Take the cube at 2,
where it is 8:"""

# %%
def cube(x):
    return x**3

for nudge in (1.0, 0.1, 0.01, 0.001):
    print(nudge, (cube(2.0 + nudge) - cube(2.0)) / nudge)

# %% [markdown]
r"""
The smaller the nudge, the nearer the answer is to 12, and 12 is the slope of the cube at 2. (Calculus calls it the
derivative, $3x^2$.)

With a nudge of 0.1 we are off by 0.61. The picture below shows why, with a nudge of 1. On the left, a line goes from 2
to a point further right, and on this way the curve bends upwards: 19 instead of 12. On the right, a line goes from one
nudge *below* 2 to one nudge *above* it. Its slope is the mean of both sides: 7 from 1 to 2, where the curve is flatter,
and 19 from 2 to 3, where it is steeper. Together that makes 13, and most of the error is gone.
"""

# %% tags=["figure"]
def secants():
    figure, both = axes(columns=2, width=8.4, height=3.4)
    x = np.linspace(0.7, 3.3, 100)
    titles = "from 2 to the right", "from the left of 2 to its right"
    for start, ax, title in zip((2, 1), both, titles, strict=True):
        ends = np.array([start, 3])
        slope = (27 - start**3) / (3 - start)
        ax.plot(x, x**3, color="#1b1f24", linestyle="-", label="the cube")
        ax.plot(x, 27 + slope * (x - 3), "--", label=f"through both points: slope {slope:g}")
        ax.plot(ends, ends**3, "o", color="#57606a", markersize=6)
        ax.plot(x, 8 + 12 * (x - 2), ":", color="#2e7d32", label="at 2: slope 12")
        ax.set(title=title, ylim=(-6, 36), xlabel="x")
        ax.legend(fontsize=9, loc="upper left")
    text = (
        "Twice the graph of the cube, with its line of slope 12 at 2 and a line through two of its "
        "points. On the left, from 2 to 3: its slope is 19, much steeper than the curve at 2. On "
        "the right, from 1 to 3: its slope is 13, and it is almost parallel to the one at 2."
    )
    return described(figure, "Slopes of lines through two points of a curve", text)


secants()

# %% [markdown]
r"""
### 2.1 From one side to the other

*3 points · 15 minutes · difficulty 1 of 5*

Between 1.9 and 2.1 the cube goes from 6.859 to 9.261, and that is 12.01 times the way: off by 0.01 instead of 0.61.
This is the **central difference**. It goes one nudge, `eps`, to each side, and measures a ratio,

$$\text{slope} \approx \frac{\text{how far } f \text{ moved}}{\text{how far } x \text{ moved}} .$$

Write it for functions of any number of arguments, of which only one is nudged: `i` says which. With
$f(a, b) = a\,b^2$ at 3 and 5, the slope along `b` is 30.

About the stars: in the first line, `*x` gathers all numbers that follow `f` into a tuple called `x`, so `i` and `eps`
have to be given by name. In a call, `f(*numbers)` does the reverse and passes them one by one. A tuple cannot be
changed; a list made of it can.
"""

# %% tags=["solution:central_difference"]
#| export
def central_difference(f, *x, i=0, eps=1e-6):
    """The slope of f along one of its arguments.

    f: a function of one or more numbers that returns a number. x: these numbers, whole or not.
    i: which of them is nudged, counted from 0. eps: the nudge, to each side.
    Returns a number: for the cube, central_difference(cube, 2.0, eps=0.1) is 12.01.
    """
    ### BEGIN SOLUTION
    up, down = list(x), list(x)
    up[i] += eps
    down[i] -= eps
    return (f(*up) - f(*down)) / (2 * eps)
    ### END SOLUTION

# %% tags=["check:central_difference:3"]
check("02_gradient/central_difference", central_difference)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Ask `f` twice: once with everything as it was but argument `i` a nudge higher, once with it a nudge lower. Never ask in
the middle.
</details>
<details><summary>Hint 2: the pieces</summary>

`list(x)` makes a list of the tuple. You need two, because two names for one list are not two lists. And what stands
below the fraction bar is the way from the lower point to the upper one.
</details>
<details><summary>Hint 3: nearly there</summary>

For `f(a, b) = a * b ** 2` at 3 and 5, with `i=1` and `eps=0.1`:

| | arguments | value of `f` |
|---|---|---|
| up | 3, 5.1 | 78.03 |
| down | 3, 4.9 | 72.03 |
| difference | ? | 6.00 |

The slope is 30. By what was 6 divided?
</details>
"""

# %% [markdown]
r"""
Above is $x^3 - 3x$, and below are the slopes that *your* function finds at 41 places. Where the curve falls, they are
negative; at its top and its bottom they are 0.
"""

# %% tags=["figure"]
def curve_and_slopes():
    def wave(x):
        return x**3 - 3 * x

    places = np.linspace(-2, 2, 41)
    slopes = [central_difference(wave, x) for x in places]
    figure, (above, below) = axes(rows=2, width=6.4, height=4.6)
    above.plot(places, wave(places))
    above.set(title="the function", ylim=(-2.8, 2.8))
    below.plot(places, slopes, "o", markersize=4)
    below.set(title="its slopes, found by your central_difference", xlabel="x", ylim=(-4, 10))
    above.tick_params(labelbottom=False)
    for ax in (above, below):
        ax.axvline(-1, color="#57606a", linewidth=1, linestyle=":")
        ax.axvline(1, color="#57606a", linewidth=1, linestyle=":")
    below.axhline(0, color="#57606a", linewidth=1, linestyle="-")
    found = ", ".join(f"{slopes[n]:.2f} at {places[n]:g}" for n in (0, 10, 20, 30, 40))
    text = f"A curve with a top at -1 and a bottom at 1. Below it, your slopes: {found}."
    return described(figure, "A curve and its slopes", text)


curve_and_slopes()

# %% [markdown]
r"""
## How small is small?

With a nudge of 0.1 the slope of the cube is off by 0.01; with 0.01 it is off by 0.0001.

**Predict, then run.** Go on like this, down to 1e-16 (that is $10^{-16}$). What will the last line say?
"""

# %%
for nudge in (1e-1, 1e-3, 1e-5, 1e-8, 1e-13, 1e-16):
    print(nudge, central_difference(cube, 2.0, eps=nudge))

# %% [markdown]
r"""
It gets better, then worse, and at last it is nonsense. Two errors pull in opposite directions.

**The bend** (*truncation error*). What is left of it in a central difference shrinks with the square of the nudge; for the cube it is exactly
`eps * eps`.

**The last digit** (*rounding error*). A float64 has about 16 digits; near 8, neighbours are `1.8e-15` apart. At 2.34,
with `eps=1e-8`, the two cubes are 12.81290416… and 12.81290383…: their first seven digits agree, and subtracting leaves
only the others. Then you divide by something tiny, which magnifies the error in the last one. And `2 + 1e-16` cannot be
stored: the nearest float64 *is* 2, so nothing moves, and the last line says 0.0.

| nudge | error by the bend | error by the last digit, roughly |
|---|---|---|
| 0.1 | 0.01 | 1e-14 |
| 1e-3 | 1e-6 | 1e-12 |
| 1e-8 | 1e-16 | 1e-7 |
| 1e-13 | 1e-26 | 0.01 |
| 1e-16 | 1e-32 | 12: all of it |

A `float32` has only 7 digits: its errors in the right column are about 500 million times larger, until nothing moves at
all. The picture measures both
errors together, with *your* `central_difference`: the mean error for the cube at 40 places between 1 and 3. Both axes
count in powers of ten. (If 2.1 is not all right yet, mend it first: these curves depend on it.)
"""

# %% tags=["figure"]
def error_curves():
    places, nudges = np.linspace(1, 3, 40), np.logspace(-12, 0, 37)
    figure, ax = axes(width=8, height=4.6)
    told = []
    for dtype, style in ((np.float64, "o-"), (np.float32, "s--")):
        def stored_cube(x, dtype=dtype):
            return float(dtype(x) ** 3)

        errors = []
        for nudge in nudges:
            slopes = [central_difference(stored_cube, x, eps=nudge) for x in places]
            errors.append(np.mean(np.abs(slopes - 3 * places**2)))
        ax.loglog(nudges, errors, style, markersize=4, label=dtype.__name__)
        listed = zip(nudges[::3], errors[::3], strict=True)
        told.append(dtype.__name__ + ": " + ", ".join(f"{e:.0e} at {n:.0e}" for n, e in listed))
    ax.set(xlabel="nudge", ylabel="error of the slope", ylim=(1e-12, 1e5))
    ax.set(title="Which nudge is best?", xticks=10.0 ** np.arange(-12, 1))
    ax.legend()
    text = "Both curves fall towards larger nudges, turn, and rise. Mean errors by nudge. "
    return described(figure, "The error for each nudge", text + "; ".join(told) + ".")


error_curves()

# %% [markdown]
r"""
### 2.2 Choose the nudge

*1 point · 10 minutes · difficulty 2 of 5*

Each curve is a valley. On its left side the last digit decides, on its right side the bend. Read off, for each dtype, a
nudge near the lowest point. The check takes any that is at most ten times smaller or larger than the best one.

You can also work it out. The error is about

$$\text{eps}^2 + \frac{\text{last digit}}{\text{eps}} ,$$

and it is smallest near the nudge for which both terms are equal. With a last digit of 1e-9, say, that is 1e-3, where
both are 1e-6. Here the last digit is how far apart neighbours are near the cube: near 8, `1.8e-15` for float64, and
about 500 million times that for float32.
"""

# %% tags=["solution:choose_eps"]
def choose_eps(dtype):
    """A good nudge for the cube, read off the curves.

    dtype: np.float32 or np.float64, which can be compared with ==.
    Returns a number, such as 0.5, which is good for neither of them.
    """
    ### BEGIN SOLUTION
    if dtype == np.float64:
        return 1e-5
    return 5e-3
    ### END SOLUTION

# %% tags=["check:choose_eps:1"]
check("02_gradient/choose_eps", choose_eps)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Follow each curve to its lowest point, and from there straight down to the axis. Each number on the axis is ten times the
one to its left.
</details>
<details><summary>Hint 2: what to expect</summary>

Fewer digits, larger rounding errors. So in which of the two dtypes does the left side of the valley begin to rise
earlier, as you come from the right?
</details>
<details><summary>Hint 3: nearly there</summary>

There are two cases, and a comparison tells them apart. If the check says that a nudge should be larger, go to the right on
that curve, to its lowest point, and read the axis there once more.
</details>
"""

# %% [markdown]
r"""
This is why a float64 array stays float64 in lesson 01: to check gradients by nudging, you want all 16 digits. From here
on we nudge by 1e-6, in float64, which leaves nine or ten good digits where values are not far from 1.

## Two machines in a row

A neural network is a long chain: the result of one operation goes into the next. Take the cube first, then the square
of what comes out. At 2 the cube is 8, and the square of that is 64.

**Predict, then run.** At 2, the cube moves 12 times the nudge. The square moves 4 times the nudge at 2, and 16 times at
8. And the end of the chain: 12 + 16 = 28, 12 · 4 = 48, or 12 · 16 = 192 times?
"""

# %%
def square(x):
    return x**2

def chain(x):
    return square(cube(x))

print(central_difference(chain, 2.0))

# %% tags=["figure"]
diagram(
    "A nudge on its way through two machines",
    "x = 2 is nudged by 0.001. The cube magnifies the nudge 12 times: u = 8 moves by 0.012. "
    "The square magnifies that 16 times: L = 64 moves by 0.192.",
    {
        "x": (0, 0, "x = 2\nmoves by 0.001"),
        "u": (290, 0, "u = 8\nmoves by 0.012"),
        "L": (580, 0, "L = 64\nmoves by 0.192"),
    },
    [("x", "u", "cube: 12 times"), ("u", "L", "square: 16 times")],
)

# %% [markdown]
r"""
What leaves the first machine is a nudge to the second one. **Slopes multiply along a chain**, each taken at the number
that its own machine gets: the square is given 8, not 2. This is the **chain rule**.

Now stand between the machines, at `u`. You need not know that a square comes next. All you have to be told is: *nudge
`u`, and the end moves 16 times as much.* Values flow from `x` to the end; this number comes back from there, against
the flow, and so it is called the **upstream gradient**. The 12 of the cube is the **local slope**. Upstream times local
is 192, the slope for `x`. With a hundred machines between `u` and the end, it would still be one number. That is what makes gradients of long chains cheap, and lesson 03 is built on it.

## Many numbers in, many numbers out

In a network, `x` is an array, and so is `f(x)`. How much does a result of several numbers move? At the end of the
chain there is a single number, the loss, and each element of `f(x)` has its own upstream gradient. Call
them `v`: an array with the shape of `f(x)`.

Say `f(x)` has two elements and `v` is [5, -7]. One nudge moves the first element by 0.03 and the second by 0.01. Then
the loss moves by 5 · 0.03 - 7 · 0.01 = 0.08. The same nudge moves 5 times the first element minus 7 times the second by
just as much. So instead of the loss we can take the weighted sum

$$L = \sum v \cdot f(x) .$$

There is one question for each element of `x`: nudge this one, and how many times the nudge does $L$ move? **A
gradient has the shape of its input.**

To go through all elements, whatever the shape, NumPy has `np.ndindex`. It counts the indices, each a tuple:
"""

# %%
print(list(np.ndindex((2, 3))))
print(list(np.ndindex((0, 3))))
print(list(np.ndindex(())))

table = np.array([[3.0, 5.0, 7.0], [2.0, 4.0, 6.0]])
table[(1, 2)] = -6.0
number = np.array(8.0)
number[()] = -8.0
print(table, number)

# %% [markdown]
r"""
An array without elements has no indices. An array of shape `()`, a single number, has one, the empty tuple, which works
like any other. So one loop serves for all shapes.

### 2.3 The gradient of an array

*4 points · 25 minutes · difficulty 3 of 5*

`f` takes one array or several and returns one. Find the gradient of $\sum v \cdot f(\text{xs})$ for each array in `xs`,
with the central difference of 2.1. (`np.sum(…)` adds up all elements, whatever the shape. If you call `central_difference`, the check
lends you a finished one.)

Let `f` be the cube of each element, `xs = [np.array([2.0, -3.0])]`, `v = np.array([5, -7])` and
`eps=0.1`. Nudge the 2: its cube moves
12.01 times the nudge, the other cube rests, and the weight is 5. So the first element of the gradient is 60.05.

Three things to take care of:

- While one element is nudged, all others are where they were.
- The arrays in `xs` belong to the caller, who must not notice. Work on copies, one for each, even if one
  array comes twice.
- `np.array([2, -3])` holds integers, and a nudge of 0.1 does not fit between them. Copy to float64.
"""

# %% tags=["solution:numeric_gradient"]
#| export
def numeric_gradient(f, xs, v, eps=1e-6):
    """The gradients of np.sum(v * f(*xs)), found by nudging one element at a time.

    f: a function that takes as many float64 arrays as there are in xs, and returns an array.
    xs: a list of arrays of any shape, also () and (0, 3). v: an array with the shape of f(*xs).
    Returns a list with one float64 array for each of xs, of its shape. In the example above it
    is a list of one array, whose first element is 60.05.
    """
    ### BEGIN SOLUTION
    arrays = [np.array(x, dtype=np.float64) for x in xs]
    gradients = [np.zeros(x.shape) for x in arrays]
    for x, gradient in zip(arrays, gradients, strict=True):
        for index in np.ndindex(x.shape):
            middle = x[index]
            x[index] = middle + eps
            up = np.sum(v * f(*arrays))
            x[index] = middle - eps
            down = np.sum(v * f(*arrays))
            x[index] = middle
            gradient[index] = (up - down) / (2 * eps)
    return gradients
    ### END SOLUTION

# %% tags=["check:numeric_gradient:4"]
check("02_gradient/numeric_gradient", numeric_gradient)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

It is 2.1 over and over, once for each element of each array. Two loops, one inside the other: over the arrays, and over
the indices of one array. The answers go into arrays of zeros that you made before, of the same shapes.
</details>
<details><summary>Hint 2: the pieces</summary>

`np.array(x, dtype=…)` copies. `np.zeros(shape)` is an array of float64 zeros. In the inner loop, remember the element under
a name before you change it. `f` needs all arrays, not only the nudged one: `f(*arrays)`. Turn its result into one number *before*
you nudge again: some functions hand back the very memory that they were given.
</details>
<details><summary>Hint 3: nearly there</summary>

In the inner loop, in words: remember the element · put a higher one in its place, and take the weighted sum · put
a lower one there, and take it again · put the old one back · write the ratio into the gradient, at the same index.
In the example, for the first element:

| | `x` | `f(x)` | weighted sum |
|---|---|---|---|
| up | 2.1, -3 | 9.261, -27 | 235.305 |
| down | 1.9, -3 | 6.859, -27 | 223.295 |
</details>
"""

# %% [markdown]
r"""
Here is your gradient for the square of each element. Every tile of `gradient` belongs to the tile of `x` at the same
place: twice the number, the slope of a square, times the weight of that output. The marked -6 matters most: nudge it up by
0.01, and the loss falls by 0.96.
"""

# %% tags=["figure"]
def gradient_tiles():
    x = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])
    v = np.array([[3.0, 5.0, -2.0], [7.0, -4.0, 8.0]])
    (gradient,) = numeric_gradient(np.square, [x], v)
    gradient = np.round(gradient, 6)
    mark = np.zeros(x.shape, bool)
    mark[1, 2] = True
    text = f"x is {x.tolist()}, v is {v.tolist()}, and your gradient is {gradient.tolist()}."
    return tiles(
        "An array, its weights and its gradient",
        text,
        {"x": x, "v": v, "gradient": gradient},
        between=[None, "nudge each"],
        marked={"x": mark, "v": mark, "gradient": mark},
    )


gradient_tiles()

# %% [markdown]
r"""
## Why weights, and not ones?

With `v` all ones, `L` is simply the sum of the outputs. Why not leave `v` out?

Let `f` turn a table on its side, `x.T`: rows become columns. Every element of `x` appears in it once, unchanged, at
another place. So its slope is the weight of that place, and the gradient must be `v`, brought into the shape of `x`.
Two people suggest how:

- Ann turns `v` back, `v.T`.
- Ben reads `v` row by row and fills the shape of `x` with it, `v.reshape(2, 3)`.

**Predict, then run.** First `v` is all ones: which of the two agrees with the nudges? Then `v` is 10, 20, 30, …: which
one now?
"""

# %%
def on_its_side(x):
    return x.T

x = np.array([[3.0, 5.0, 7.0], [2.0, 4.0, 6.0]])
for v in (np.ones((3, 2)), np.array([[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]])):
    (nudged,) = numeric_gradient(on_its_side, [x], v)
    print("v:", v.tolist())
    print("   Ann agrees:", np.allclose(nudged, v.T))
    print("   Ben agrees:", np.allclose(nudged, v.reshape(2, 3)))

# %% tags=["figure"]
def where_weights_go():
    x = np.array([[3.0, 5.0, 7.0], [2.0, 4.0, 6.0]])
    v = np.array([[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]])
    (gradient,) = numeric_gradient(np.transpose, [x], v)
    gradient = np.round(gradient, 6)
    text = (
        f"The weights {v.tolist()}; your gradient, {gradient.tolist()}; and Ben's suggestion, "
        f"{v.reshape(2, 3).tolist()}. The weight 20 is marked in each."
    )
    arrays = {"v": v, "your gradient": gradient, "Ben": v.reshape(2, 3)}
    marked = {name: array == 20 for name, array in arrays.items()}
    return tiles("Where the weights go", text, arrays, between=["to x", None], marked=marked)


where_weights_go()

# %% [markdown]
r""" With ones, both are right: whoever shuffles ones gets ones. With six different weights only Ann is. The marked 20
belongs to row 0, column 1 of `x.T`, and what stands there is the 2, from row 1, column 0 of `x`. That is where your
gradient has the 20, and Ben's has not.

Ones cannot see a wrong place. So we always check with weights that differ. From lesson 03 on
the weights are the upstream gradient, and your rules have to bring each of them to its place.

One thing is missing. How often did you call `f` for six elements? Twice for each, twelve times. A network with a
million numbers would have to be computed two million times, for one step of training. So nudging is how we *check*
gradients, not how we find them.

## What you have now

| name | what it does | gradient rule |
|---|---|---|
| slope | how many times the nudge the result moves | |
| gradient | the slopes for all inputs, in the shape of the input | |
| `central_difference(f, *x, i=, eps=)` | one slope, by nudging to both sides | |
| `numeric_gradient(f, xs, v, eps=)` | the gradients of the weighted sum of `f(*xs)` | |
| chain rule | what two machines in a row do to a nudge | upstream times local |

Good nudges are neither large, because curves bend, nor tiny, because digits are few.

In lesson 03 you stop nudging. You write operations that know their own slope, and lead the upstream gradient back
through it: one pass, for all inputs together. What you wrote today can tell whether they are right.
"""
