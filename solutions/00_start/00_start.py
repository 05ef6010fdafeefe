# %% [markdown]
r"""
# 00 · Start here

*0 points · about 15 minutes*

**After this you can**

- run a notebook, and start afresh when it is in a muddle;
- read what a check says, piece by piece;
- find the hints, and hand in a lesson.

**You need** a little Python. Open this page in JupyterLab, so that you can run it.

## Cells

The grey boxes are **cells** of code. Click into one and press Shift + Enter: it runs, and the next one is selected.
Go on like this from top to bottom."""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from babygrad.diagram import diagram
from babygrad.tiles import tiles

# %%
count = 5

# %% [markdown]
r"""
**Predict, then run.** Run the next cell *three times*. (Click into it again each time.) What will it print at last?
"""

# %%
count = count + 3
print(count)

# %% [markdown]
r""" 8, 11, and at last 14. Behind the page runs a Python, the **kernel**, and it remembers everything that ran. What
counts is the order in which you ran the cells, not the order on the page. The numbers beside the cells tell you that
order.

When a kernel is in a muddle, choose *Kernel*, *Restart Kernel and Run All Cells*: a fresh one runs the page from the
top. It stops at the first error, and while a lesson is not finished, there will be one. If a cell does not come to an
end (`[*]` beside it), press the square button at the top.

## What a check says

In this course, you write small parts of a library, and a check tells you whether each of them is right. Here is a
function that should double a number, wrong on purpose, and its check. Run it, and read.
"""

# %%
def wrong_on_purpose(x):
    return 2 * abs(x)

check("00_start/double", wrong_on_purpose)

# %% tags=["figure"]
def anatomy_of_a_check():
    report = check("00_start/double", wrong_on_purpose)
    right, wrong = report.verdicts[0], report.verdicts[1]
    hint = wrong.hint.replace(". ", ".\n")
    found = f"{wrong.case}: {wrong.difference}".replace("`", "")
    rows = [
        ("the exercise, and whether it is right", report.heading.replace("   ", " · ")),
        ("a part of it that is right", f"✓ ok · {right.label}"),
        ("a part that is not", f"✗ not yet · {wrong.label}"),
        ("what went in,\nwhat should come out, what did", found),
        ("what it looks like:\na question that leads on", hint),
    ]
    boxes, arrows = {}, []
    for row, (name, piece) in enumerate(rows):
        boxes[name] = (0, 62 * row, name)
        boxes[name + ":"] = (440, 62 * row, piece)
        arrows.append((name, name + ":", ""))
    told = "; ".join(f"{name}: {piece}" for name, piece in rows).replace("\n", " ")
    return diagram("The pieces of a check's answer", told, boxes, arrows)


anatomy_of_a_check()

# %% [markdown]
r"""
An exercise has several **parts**, and each is checked with several inputs, the simplest first. You are shown the first
one that went wrong. The last line is there only if your answers look like a mistake that we know. It does not give the
solution away; it asks where to look.

From lesson 01 on, parts give points, which you keep even if others are wrong.

Where a message shows its input, you can try it yourself. (It says `double`, like the exercise; here the function is
called `wrong_on_purpose`.)
"""

# %%
print(wrong_on_purpose(-5))
print(wrong_on_purpose(np.array([3, -5])))

# %% [markdown]
r"""
### 0.1 Make it right

*0 points · 10 minutes · difficulty 1 of 5*

A cell with `# YOUR CODE HERE` is yours: put your code in the place of the line `raise NotImplementedError()`, and leave
the rest as it is. For -3.5 the double is -7, and for the array

$$[3, -5] \quad \text{it is} \quad [6, -10] .$$

Run the cell of your function first, then its check, as often as you like; nobody counts. Try it once *before* you write
anything, and once with a mistake.
"""

# %% tags=["solution:double"]
def double(x):
    """Twice x.

    x: a number or an array, which stays as it is.
    Returns a number or an array of the same shape: double(-3.5) is -7.0.
    """
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION

# %% tags=["check:double:0"]
check("00_start/double", double)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Every exercise has three hints, folded up below its check. The first one says how to go about it: here, that nothing needs to
be asked about the sign, and nothing about arrays.
</details>
<details><summary>Hint 2: the pieces</summary>

The second one names what you need: one operation of Python's, which works on numbers and on arrays alike, and `return`.
</details>
<details><summary>Hint 3: nearly there</summary>

The third one goes almost to the end: take the function that was wrong on purpose, look at what it does to -5 before it
doubles it, and leave that out.
</details>
"""

# %% [markdown]
r"""
After many exercises there is a picture of what *you* have made: here an array, and what your function makes of it.
"""

# %% tags=["figure"]
def before_and_after():
    x = np.array([[3.0, -5.0, 0.5], [7.0, -1.5, 4.0]])
    doubled = double(x)
    text = f"x is {x.tolist()}, and your double(x) is {np.asarray(doubled).tolist()}."
    arrays = {"x": x, "double(x)": doubled}
    return tiles("An array and its double", text, arrays, between=["double"])


before_and_after()

# %% [markdown]
r"""
## When your own cell shows an error

An error below *your* cell means that Python could not finish it; the last line says why. Mend that first. Until your
cell runs without an error, the check still sees what ran last: an older version, or nothing. A `NameError` below the check: your cell has
not run yet.

`NotImplementedError` in a later cell means that it needs an exercise that is not done yet.

## Handing in

- **Save** with Ctrl + S. Only the saved notebook counts.
- **Validate**, a button above the page where nbgrader is installed, runs everything in a fresh kernel and names the checks that are
  not all right. It finds answers that need a cell which you have deleted since.
- **Submit** as your teacher says: often in the menu *Nbgrader*, *Assignment List*; otherwise hand in the file `00_start.ipynb`. If
  you learn by yourself, the checks are all you need.

You may add cells wherever you like. Do not copy or delete those of an exercise.
"""

# %% tags=["figure"]
diagram(
    "From the notebook to the points",
    "From the saved notebook, your cells are taken. They run in a process of their own, which is "
    "given fresh numbers. The finished library is given the same numbers. What comes out of both "
    "is compared, part by part, and that gives the points.",
    {
        "notebook": (0, 50, "your cells\nfrom the saved notebook"),
        "numbers": (0, 130, "fresh numbers\nnobody has seen them"),
        "process": (265, 50, "run on their own"),
        "library": (265, 130, "the finished library"),
        "compared": (500, 90, "compared\npart by part"),
        "points": (670, 90, "points"),
    },
    [
        ("notebook", "process", ""),
        ("numbers", "process", ""),
        ("numbers", "library", ""),
        ("process", "compared", ""),
        ("library", "compared", ""),
        ("compared", "points", ""),
    ],
)

# %% [markdown]
r"""
This is how a lesson is graded. An answer that is right only for the numbers in a message earns nothing, and what you
print does not count. The points of the lessons 01 to 09 add up to 100.

## What you have now

| name | what it does |
|---|---|
| Shift + Enter | runs a cell |
| *Restart Kernel and Run All Cells* | starts afresh, from the top |
| `check(…)` | says what is right, what is not, and for which input |
| three hints | say a little more each; unfold them when you want |
| *Validate* | runs everything afresh and names what is not right |

Lesson 01 begins with a question that an array cannot answer, and builds the box that can.
"""
