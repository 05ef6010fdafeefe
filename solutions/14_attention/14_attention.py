# %% [markdown]
r"""
# 14 · Attention: which of them matters?

*10 points · about 50 minutes*

This lesson is optional: nothing else in the course needs it.

**After this you can**

- compute attention with a pencil: one question, several keys, weights that add up to 1, a mean of values;
- write it with operations of your own, so that the way back comes for free;
- train a head that reverses eight symbols, and read in its weights how it does that.

**You need** softmax, as in lesson 10, and your notebooks of lessons 01 to 11, as far as you have got. What is missing, or not
right yet, is borrowed. The checks ask about each exercise by itself. The cells between them build on each other: if one stops
with `NotImplementedError`, an exercise above it is still open.
"""

# %% tags=["given:imports"]
import numpy as np

from autograder import check
from autograder.export import library
from babygrad.plot import axes, described
from babygrad.tiles import tiles

# %% [markdown]
r"""
As in lesson 12, the next cell gathers what you have written into a package, `mybabygrad`. It takes up to half a minute, the
second time less.
"""

# %% tags=["given:library"]
library("mybabygrad")

# %% tags=["given:names"]
from mybabygrad import Tensor, exp, logsumexp, no_grad, reshape, transpose
from mybabygrad.nn import Linear, Module, softmax_loss
from mybabygrad.optim import Adam

# %% [markdown]
r"""
## A question and three keys

So far, what a layer mixes is decided by its weights: the same mixture for every example. Today the example itself decides.

Somebody asks a question, and three people know something. Not all of them know about *that*. So each wears a label, the
**key**, and the question is a vector too, the **query**. How well they fit, the dot product tells. Take the query
$(0.6,\ 0.2,\ -0.5,\ 0.8)$:

| key | dot product | half of it | $e$ to the power of that | share |
|---|---|---|---|---|
| $(5, 4, 2, 4)$ | $3 + 0.8 - 1 + 3.2 = 6$ | 3 | 20.09 | 0.79 |
| $(3, -1, 2, 3)$ | $1.8 - 0.2 - 1 + 2.4 = 3$ | 1.5 | 4.48 | 0.18 |
| $(-2, 5, 4, 2)$ | $-1.2 + 1 - 2 + 1.6 = -0.6$ | $-0.3$ | 0.74 | 0.03 |

(Why half of it? Wait for 14.2.) The last two columns are a softmax: every number becomes positive, and is divided by the sum
of all, 25.31. Now they are **weights** that add up to 1.

What the three *say* are their **values**. Let these be 5, -6 and 7. The answer is a mean of them, in which each counts as much
as its key fits:

$$0.79 \cdot 5 + 0.18 \cdot (-6) + 0.03 \cdot 7 = 3.1$$

That is all of attention. The rest is doing it for many queries at once. Here are two of them, one to a row, and values of two
numbers each. The first row is the one from above:
"""

# %% tags=["figure"]
def two_questions():
    arrays = {
        "scores": [[3, 1.5, -0.3], [-0.2, -1.1, 2.3]],
        "weights": [[0.79, 0.18, 0.03], [0.07, 0.03, 0.90]],
        "values": [[5, 4], [-6, 3], [7, -8]],
        "answers": [[3.1, 3.5], [6.5, -6.8]],
    }
    text = (
        "Two rows of scores become two rows of weights by softmax, each with the sum 1. The first "
        "row, 0.79, 0.18 and 0.03, weighs mostly the first of three values. The second, 0.07, 0.03 "
        "and 0.90, mostly the third. Weights times values are the answers."
    )
    largest = {"weights": [[True, False, False], [False, False, True]]}
    between = ["softmax", "@", "="]
    return tiles("Attention with two queries", text, arrays, between=between, marked=largest)


two_questions()

# %% [markdown]
r"""
Rows are queries, columns are keys. No answer picks one value and drops the others: each has a little of all. So a small change
of a score changes the answer a little. There is a slope, and it can be learned.

### 14.1 Softmax

*3 points · 12 minutes · difficulty 3 of 5*

$$\mathrm{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}} = e^{\,x_i - \mathrm{logsumexp}(x)}$$

Write it for Tensors, along the **last** axis: however many axes there are, each row along the last one becomes shares of 1.
For 3, 1.5 and -0.3 these are 0.79, 0.18 and 0.03.

Use operations of the library only: `exp`, `logsumexp`, `-`, `/`. Then you need no backward. Each of them has its own, and your
walk through the graph finds them.

The fraction and the power are the same number. For a computer they are not: `exp` of 800 is infinite in float64, and infinity
divided by infinity is nan. Your `logsumexp` of lesson 10 is safe from that. `logsumexp(x, axes=1, keepdims=True)` sums along
axis 1, and keeps it with size 1, so that the result fits the rows of `x`.
"""

# %% tags=["solution:softmax"]
def softmax(x):
    """Shares along the last axis, which add up to 1.

    x: Tensor with one axis or more. Returns a Tensor of the same shape.
    softmax(Tensor([3.0, 1.5, -0.3])) has data 0.79, 0.18, 0.03, rounded. Large numbers do no harm.
    """
    ### BEGIN SOLUTION
    return exp(x - logsumexp(x, axes=-1, keepdims=True))
    ### END SOLUTION

# %% tags=["check:softmax:3"]
check("14_attention/softmax", softmax)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Read the right side of the formula from the inside out: one logsumexp for each row, taken off all numbers in that row; and then
the exponential of what is left.
</details>
<details><summary>Hint 2: the shapes</summary>

With `x` of shape (2, 3), the logsumexp along the last axis has shape (2,) or (2, 1). Only one of the two can be taken off
rows. And the last axis has a number that is right for every shape, counted from the end.
</details>
<details><summary>Hint 3: nearly there</summary>

It is one line, with three operations: `exp` outside, a minus inside, and behind the minus `logsumexp` with `x` and two
settings, one for which axis, one that keeps it.
</details>
"""

# %% [markdown]
r"""
**Predict, then run.** All scores are raised by 100. What happens to the weights? And what if they are multiplied by 10?
"""

# %%
scores = Tensor([3.0, 1.5, -0.3])
for name, changed in (("as above", scores), ("plus 100", scores + 100), ("times 10", scores * 10)):
    print(f"{name}:", *[f"{share:.2f}" for share in softmax(changed).data])

# %% [markdown]
r"""
Adding does nothing: only differences count. Multiplying makes one weight nearly 1 and the others nearly 0. There softmax is as
flat as a sigmoid far out, and hardly any gradient gets through. That is the reason for "half of it". A dot product of longer
vectors has more terms, so that it lies farther from 0: for random vectors of $d$ numbers, about $\sqrt{d}$ times as far. So
each dot product is divided by $\sqrt{d}$. The query above had 4 numbers, and $\sqrt{4} = 2$. (For the 16 numbers of the head
below it hardly matters. For hundreds it does.)

### 14.2 Attention

*5 points · 20 minutes · difficulty 4 of 5*

$$W = \mathrm{softmax}\!\left(\frac{Q K^T}{\sqrt{d}} + M\right) \qquad \text{answers} = W V$$

$Q$, $K$ and $V$ have queries, keys and values as rows; $d$ is how many numbers a query has. The score of query $i$ and key $j$
stands in row $i$, column $j$. With 6 in the table above, it is $6 / \sqrt{4} = 3$.

There may be batch axes in front, which stay as they are: with keys of shape (32, 8, 16), swap only the last two axes, to
(32, 16, 8). Your `transpose(x)` of lesson 05 does that. `@` works matrix by matrix since lesson 07.

The **mask** $M$ is an array of numbers that are added to the scores, or `None` for no mask. 0 changes nothing; -1 000 000 000
makes the weight 0: so this query cannot see that key.

Call your `softmax`. (The check looks at what you give to it.) Return two Tensors, the answers and the weights. `x ** 0.5` is
the root.
"""

# %% tags=["solution:attention"]
def attention(queries, keys, values, mask=None):
    """For each query a mean of the values, weighted by how well their keys fit. Calls softmax.

    queries: Tensor, (…, n, d). keys: Tensor, (…, m, d). values: Tensor, (…, m, c).
    mask: None, or an array that is added to the scores: (n, m), or with batch axes.
    Returns two Tensors: answers, (…, n, c), and weights, (…, n, m), whose rows add up to 1.
    A query and a key of 4 numbers with the dot product 6 have the score 3.
    """
    ### BEGIN SOLUTION
    scores = queries @ transpose(keys) / queries.shape[-1] ** 0.5
    if mask is not None:
        scores = scores + mask
    weights = softmax(scores)
    return weights @ values, weights
    ### END SOLUTION

# %% tags=["check:attention:5"]
check("14_attention/attention", attention)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Follow the figure from left to right: scores, weights, answers. Each is one line. The mask is a question in between, where
scores are known and weights are not.
</details>
<details><summary>Hint 2: the shapes</summary>

(n, d) times what gives (n, m)? The keys are (m, d), so they have to lie down first. Then (n, m) times (m, c) gives (n, c). The
number d is the size of the last axis of the queries, whatever stands in front: `shape` counts from the end, too.
</details>
<details><summary>Hint 3: nearly there</summary>

First line: a product with `@`, divided by a root. Then the question whether there is a mask (`is not None`); if so, it is
added. Then `softmax` of that, under a name, because you need it twice: in the product with the values, and in the pair that
you return.
</details>
"""

# %% [markdown]
r"""
Does yours give the numbers of the figure?
"""

# %%
queries = Tensor([[0.6, 0.2, -0.5, 0.8], [-0.4, 0.6, 0.4, -0.4]])
keys = Tensor([[5, 4, 2, 4], [3, -1, 2, 3], [-2, 5, 4, 2]])
values = Tensor([[5, 4], [-6, 3], [7, -8]])
answers, weights = attention(queries, keys, values)
print(np.round(weights.data, 2), "weights")
print(np.round(answers.data, 1), "answers")

# %% [markdown]
r"""
## Eight symbols, backwards

Now a task: eight symbols come in, and the same eight should come out in reverse. There are ten kinds of symbols, 0 to 9, so
that 6 8 0 8 4 5 6 2 should become 2 6 5 4 8 0 8 6.

Each symbol comes as a row of 18 numbers: ten say which symbol it is, with a 1 in its place and 0 elsewhere, and eight say in
the same way at which place it stands. Without the last eight, attention could not tell first from last: a mean does not know
about order.
"""

# %% tags=["given:symbols"]
KINDS, PLACES = 10, 8


def sequences(count, rng):
    """Random sequences: rows for the head, (count, 8, 18), and right answers, (count, 8)."""
    symbols = rng.integers(0, KINDS, (count, PLACES))
    which = np.eye(KINDS, dtype=np.float32)[symbols]
    where = np.broadcast_to(np.eye(PLACES, dtype=np.float32), (count, PLACES, PLACES))
    return np.concatenate([which, where], axis=-1), symbols[:, ::-1]


rows, reversed_symbols = sequences(3, np.random.default_rng(5))
print(rows.shape, reversed_symbols.shape)
print("in: ", rows[0, :, :KINDS].argmax(axis=1))
print("out:", reversed_symbols[0])

# %% [markdown]
r"""
Who asks, who is asked, and who says something? All eight, in all three roles. From each row three linear layers make a query,
a key and a value. What they ask is learned. The whole is called a **head**.

### 14.3 A head

*2 points · 8 minutes · difficulty 2 of 5*

$$\text{head}(x) = \text{attention}(x W_q,\ x W_k,\ x W_v)$$

Make the three layers in `__init__`, under the names `query`, `key` and `value`, without a bias. The layer
`Linear(18, 16, bias=False, rng=rng)` makes 16 numbers of 18. Queries and keys have `d` numbers each. Values have `n_out`: here
they are logits, one for each of ten symbols.

Pass the generator `rng` on to each layer. It goes on drawing, so each layer gets other numbers.

`forward` calls the layers, and then your `attention`, with the mask. It returns what `attention` returns. (A layer takes an
array as it takes a Tensor.)
"""

# %% tags=["solution:head"]
class Head(Module):
    """One attention head: each row asks all rows of its sequence."""

    def __init__(self, n_in, d, n_out, rng):
        """n_in: numbers in a row. d: in a query and a key. n_out: in a value. rng: a Generator.

        Head(18, 16, 10, rng) has weights of shapes (18, 16), (18, 16) and (18, 10).
        """
        ### BEGIN SOLUTION
        self.query = Linear(n_in, d, bias=False, rng=rng)
        self.key = Linear(n_in, d, bias=False, rng=rng)
        self.value = Linear(n_in, n_out, bias=False, rng=rng)
        ### END SOLUTION

    def forward(self, x, mask=None):
        """x: array of shape (…, n, n_in). mask: as attention takes it.

        Returns the pair that attention returns: with 8 rows of 18, (8, 10) and (8, 8).
        """
        ### BEGIN SOLUTION
        queries, keys, values = self.query(x), self.key(x), self.value(x)
        return attention(queries, keys, values, mask)
        ### END SOLUTION

# %% tags=["check:head:2"]
check("14_attention/head", Head)

# %% [markdown]
r"""
<details><summary>Hint 1: the idea</summary>

Three attributes in `__init__`, each a layer of its own. A layer is called like a function, in `forward`.
</details>
<details><summary>Hint 2: the shapes</summary>

All three layers read rows of `n_in` numbers. A query meets a key in a dot product, so these two have equally many; the value
is what comes out.
</details>
<details><summary>Hint 3: nearly there</summary>

In `forward`, four things go to `attention`, in its order: three layers, each called with `x`, and the mask. What comes back is
a pair already: hand it on as it is.
</details>
"""

# %% [markdown]
r"""
`softmax_loss` wants one row of logits for each label, so batch and places become one axis: the shape (32, 8, 10) becomes
(256, 10). The loop you know. Each step draws new sequences, of which there are $10^8$: nothing can be learned by heart.
"""

# %%
def train(head, mask=None, steps=300):
    """Teach a head to reverse, 32 new sequences in each step."""
    rng = np.random.default_rng(5)
    optimizer = Adam(head.parameters(), lr=0.03)
    for _ in range(steps):
        rows, right = sequences(32, rng)
        optimizer.zero_grad()
        logits, _ = head(rows, mask)
        loss = softmax_loss(reshape(logits, (-1, KINDS)), right.reshape(-1))
        loss.backward()
        optimizer.step()

def by_place(head, mask=None):
    """For each of the eight places, the share of right answers; and the mean weights."""
    rows, right = sequences(2000, np.random.default_rng(7))
    with no_grad():
        logits, weights = head(rows, mask)
    hits = logits.data.argmax(axis=-1) == right
    return hits.mean(axis=0), weights.data.mean(axis=0)

# %% [markdown]
r"""
**Predict, then run.** Which share of symbols does a new head get right, before any training? And after 300 steps?
"""

# %%
head = Head(KINDS + PLACES, 16, KINDS, np.random.default_rng(3))
shares, weights_before = by_place(head)
print(f"before: {shares.mean():.1f}")
train(head)
shares, weights_after = by_place(head)
print(f"after:  {shares.mean():.1%}")

# %% [markdown]
r"""
One in ten by chance, and then all of them. What has it found? These are its weights, averaged over 2000 sequences: rows for
the places that ask, columns for the places that are asked, both counted from 0.
"""

# %% tags=["figure"]
def draw_weights(tables, captions, title, text):
    """Tables of weights side by side: queries down, keys to the right."""
    figure, panels = axes(columns=len(tables), width=4.1 * len(tables), height=4.1)
    for ax, table, caption in zip(np.atleast_1d(panels), tables, captions, strict=True):
        table = np.round(table, 2)
        ax.imshow(table, cmap="Blues", vmin=0, vmax=1.6)
        for row, column in np.ndindex(table.shape):
            if table[row, column] > 0:
                words = {"ha": "center", "va": "center", "fontsize": 8}
                ax.text(column, row, f"{table[row, column]:.2f}", **words)
        ax.set(title=caption, xlabel="key: this place is asked", ylabel="query: this place asks")
        ax.set(xticks=range(len(table)), yticks=range(len(table)))
        ax.grid(visible=False)
    return described(figure, title, text)


def before_and_after():
    asked = ", ".join(str(place) for place in weights_after.argmax(axis=1))
    text = (
        "Left: before training, all weights are small and much alike. Right: after training, each "
        f"place weighs one other place most. The places 0 to 7 ask, in this order, {asked}."
    )
    tables, captions = [weights_before, weights_after], ["before training", "after training"]
    return draw_weights(tables, captions, "Who asks whom", text)


before_and_after()

# %% [markdown]
r"""
Place 0 asks place 7, place 1 asks place 6, and so on: the **anti-diagonal**. Nobody has told it. Queries and keys have learned
to fit by place, and values carry the symbol. Each row adds up to 1, as it did in the first figure.

## Only look back

Language models write word by word. While they learn, no place may see what comes after it, or they would copy instead of
guess. For that there is the **causal** mask: 0 where the key stands at the place of the query or before it, and -1 000 000 000
where it stands after.

**Predict, then run.** A new head learns to reverse with that mask, from the first step on. Which of the eight places can it
get right, and what happens at the others? `np.triu(…, 1)` keeps what lies above the diagonal.
"""

# %%
causal = np.triu(np.full((PLACES, PLACES), -1e9, np.float32), 1)
looking_back = Head(KINDS + PLACES, 16, KINDS, np.random.default_rng(3))
train(looking_back, causal)
shares, weights_back = by_place(looking_back, causal)
print("by place:", *[f"{share:.1f}" for share in shares])
print("largest weight on what comes later:", np.triu(weights_back, 1).max())

# %% tags=["figure"]
def only_back():
    asked = ", ".join(str(place) for place in weights_back.argmax(axis=1)[4:])
    text = (
        "All weights above the diagonal are 0. The places 4 to 7 have one large weight each, and "
        f"ask, in this order, {asked}. Place 0 can ask itself only, and the places 1 to 3 spread "
        "their weights over what they see."
    )
    title = "Who asks whom, looking back"
    return draw_weights([weights_back], ["with the causal mask"], title, text)


only_back()

# %% [markdown]
r"""
The last four are right: place 4 needs the symbol at place 3, which lies behind it. The first four need what comes later, and
cannot see it. They are right one time in ten, which is guessing: no training helps where the information is not there. The
mask has held, and weights on later places are 0 to the last digit.

Look at the first four rows. The best that these places can do is to say nothing clearly. Ten equal shares have the loss
$\log 10 = 2.3$. Places 1 to 3 come the nearer to that, the more symbols they see, because these can all speak at once: with
the solutions of this course, place 1 has 2.7, and place 3 has 2.4. Place 0 cannot. Whatever it learns, it sees one symbol, its
own, and the weight is 1. The value of that symbol is loud, since others need it. So place 0 is sure, and mostly wrong: its loss
is 3.2.

## Where this leads

| name | what it does |
|---|---|
| `softmax` | shares along the last axis, safe for large numbers |
| `attention` | scores, weights that add up to 1, a mean of values |
| mask | a large negative number added to a score makes the weight 0 |
| `Head` | three linear layers: a query, a key and a value from each row |

Many such heads side by side, each with questions of its own; then a linear layer, a relu and another linear layer; what comes
out is added to what went in; and all that stacked a few dozen times. That is called a **transformer**, and the language models
you have heard of are made of it. Your head has 756 weights, theirs have many billions.

Once more: `@`, `transpose`, division, `exp`, logsumexp, relu, an addition that broadcasts. The gradient of every
piece has been written by you, from lesson 03 on.

**Go on.** Train it on another task: shifting eight symbols by three, or sorting them. Which of the two is harder for one head?
Predict before you run, and give the harder one more steps.
"""
