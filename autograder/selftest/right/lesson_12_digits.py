"""Right solutions of lesson 12 in other styles: for each cell, by style, what stands in its gaps."""

from __future__ import annotations

BATCHES = {
    "an index that is mixed in place": """
index = np.arange(len(images))
rng.shuffle(index)
found = []
while len(index):
    found.append((images[index[:size]], labels[index[:size]]))
    index = index[size:]
return found
""",
    "mixed copies": """
order = rng.permutation(images.shape[0])
mixed_images, mixed_labels = images[order], labels[order]
pairs = []
for i in range(0, len(order), size):
    pairs.append((mixed_images[i:i + size], mixed_labels[i:i + size]))
return pairs
""",
    "a generator": """
order = rng.permutation(len(labels))
for start in range(0, len(labels), size):
    place = order[start : start + size]
    yield images[place], labels[place]
""",
    "sorted by random numbers": """
order = np.argsort(rng.random(len(labels)))
cuts = np.split(order, range(size, len(order), size))
return [[images.take(cut, axis=0), labels.take(cut)] for cut in cuts]
""",
}

TRAIN_STEP = {
    "the number taken late": """
optimizer.zero_grad()
logits = model(images)
loss = softmax_loss(logits, labels)
if np.isnan(loss.data) or np.isinf(loss.data):
    raise FloatingPointError("The loss is %s. Learning rate: %s" % (loss.data, optimizer.lr))
loss.backward()
optimizer.step()
return float(loss.data)
""",
    "forgets after the forward pass": """
loss = softmax_loss(model(images), labels)
number = loss.data.item()
if np.isfinite(number):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return number
raise FloatingPointError(f"lr={optimizer.lr} gave a loss of {number:.3g}")
""",
    "the model forgets": """
model.zero_grad()
loss = softmax_loss(model(images), labels)
value = float(loss.data)
if np.isfinite(value):
    loss.backward()
    optimizer.step()
    return value
raise FloatingPointError(f"the loss is {value}, with the learning rate {optimizer.lr}")
""",
    "by hand": """
for parameter in model.parameters():
    parameter.grad = None
loss = softmax_loss(model.forward(images), labels)
value = float(loss.numpy())
if not value < float("inf"):
    raise FloatingPointError(str(value) + ": look at the learning rate, " + str(optimizer.lr))
loss.backward()
optimizer.step()
return value
""",
}

ACCURACY = {
    "all within no_grad": (
        """
with no_grad():
    return np.argmax(model(images).data, axis=-1)
""",
        """
right = predict(model, images) == labels
return right.sum() / len(labels)
""",
    ),
    "a loop over rows": (
        """
with no_grad():
    logits = model(images).numpy()
return np.array([int(np.argmax(row)) for row in logits])
""",
        """
hits = 0
for said, label in zip(predict(model, images), labels):
    hits += int(said == label)
return hits / len(labels)
""",
    ),
    "as a decorator": """
@no_grad()
def predict(model, images):
    return model(images).data.argmax(1)

def accuracy(model, images, labels):
    return np.mean(np.equal(predict(model, images), labels))
""",
}

CONFUSION = {
    "np.add.at": """
table = np.zeros((classes, classes), dtype=np.int64)
np.add.at(table, (labels, predicted), 1)
return table
""",
    "bincount": """
return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)
""",
    "counted place by place": """
rows = []
for i in range(classes):
    rows.append([int(np.sum((labels == i) & (predicted == j))) for j in range(classes)])
return np.array(rows)
""",
}

TRAIN = {
    "a counter": """
losses = []
accuracies = []
images, labels = train_set
for epoch in progress(range(epochs), "epochs"):
    total, step = 0.0, 0
    for pair in batches(images, labels, size, rng):
        try:
            total += train_step(model, optimizer, pair[0], pair[1])
        except FloatingPointError as error:
            raise FloatingPointError("epoch " + str(epoch) + ", step " + str(step) + ": " + str(error))
        step += 1
    losses.append(total / step)
    accuracies.append(accuracy(model, test_set[0], test_set[1]))
return losses, accuracies
""",
    "try around the whole": """
history = []
epoch = step = 0
try:
    for epoch in range(epochs):
        steps = np.array([])
        for step, (x, y) in enumerate(batches(train_set[0], train_set[1], size, rng)):
            steps = np.append(steps, train_step(model, optimizer, x, y))
        history.append((steps.mean(), accuracy(model, *test_set)))
except FloatingPointError as error:
    raise FloatingPointError(f"epoch {epoch}, step {step}: {error}") from error
return [loss for loss, _ in history], [share for _, share in history]
""",
    "an epoch in a function": """
def train(model, optimizer, train_set, test_set, epochs, size, rng):
    def one(epoch):
        for step, (x, y) in enumerate(batches(*train_set, size, rng)):
            try:
                yield train_step(model, optimizer, x, y)
            except FloatingPointError as error:
                raise FloatingPointError(f"in epoch {epoch}, step {step}: {error}") from error

    found = [(sum(losses) / len(losses), accuracy(model, *test_set))
             for losses in (list(one(epoch)) for epoch in progress(range(epochs)))]
    return tuple(map(list, zip(*found)))
""",
}

STYLES = {
    "batches": BATCHES,
    "train_step": TRAIN_STEP,
    "accuracy": ACCURACY,
    "confusion": CONFUSION,
    "train": TRAIN,
}
