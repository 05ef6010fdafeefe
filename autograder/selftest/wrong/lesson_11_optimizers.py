"""Wrong solutions of lesson 11: one mistake each."""

from __future__ import annotations

from autograder.selftest.corpus import Wrong

# kaiming_normal, xavier_normal ------------------------------------------------------------------------

_KAIMING, _XAVIER = "np.sqrt(2 / n_in)", "np.sqrt(2 / (n_in + n_out))"
_DRAWN = f"rng.normal(0, {_KAIMING}, (n_in, n_out)).astype(np.float32)"


def _init(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "init", edits, loses, family, survives=survives)


INIT = (
    _init("variance-passed-to-normal", {_KAIMING: "2 / n_in"}, 1.5, "variance for deviation"),
    _init("xavier-variance-passed", {_XAVIER: "2 / (n_in + n_out)"}, 1.5, "variance for deviation"),
    _init("relu-forgotten", {_KAIMING: "np.sqrt(1 / n_in)"}, 1.5, "factor 2 missing"),
    _init("sum-for-mean", {_XAVIER: "np.sqrt(1 / (n_in + n_out))"}, 1.5, "factor 2 missing"),
    _init(
        "outputs-counted",
        {_KAIMING: "np.sqrt(2 / n_out)"},
        1.5,
        "outputs counted for inputs",
        "square layers",
    ),
    _init(
        "formulas-exchanged",
        {_KAIMING: "np.sqrt(2 / (n_out + n_in))", _XAVIER: _KAIMING},
        3,
        "formulas exchanged",
        "square layers",
    ),
    _init("no-parentheses", {_XAVIER: "np.sqrt(2 / n_in + n_out)"}, 1.5, "parentheses missing"),
    _init("root-of-two-only", {_KAIMING: "np.sqrt(2) / n_in"}, 1.5, "root of a part"),
    _init("fraction-upside-down", {_KAIMING: "np.sqrt(n_in / 2)"}, 1.5, "upside down"),
    _init("deviation-one", {_KAIMING: "1"}, 1.5, "not scaled"),
    _init("bound-of-the-uniform-one", {_KAIMING: "np.sqrt(6 / n_in)"}, 1.5, "bound for deviation"),
    _init(
        "evenly-drawn",
        {f"rng.normal(0, {_KAIMING},": "rng.uniform(-np.sqrt(6 / n_in), np.sqrt(6 / n_in),"},
        1.5,
        "another distribution",
        "deviation only",
    ),
    _init("float64-left", {_DRAWN: _DRAWN.replace(".astype(np.float32)", "")}, 0.5, "dtype left to NumPy"),
    _init(
        "outputs-first",
        {_DRAWN: _DRAWN.replace("(n_in, n_out)", "(n_out, n_in)")},
        0.5,
        "sizes exchanged",
        "square layers",
    ),
    _init("numpys-own-generator", {_DRAWN: f"np.random.{_DRAWN[4:]}"}, 1, "generator of one's own"),
    _init(
        "a-new-generator",
        {_DRAWN: f"np.random.default_rng(0).{_DRAWN[4:]}"},
        1,
        "generator of one's own",
    ),
    _init(
        "mean-forgotten",
        {f"rng.normal(0, {_KAIMING},": f"rng.normal({_KAIMING},"},
        3,
        "mean forgotten",
    ),
    _init("two-above-the-mean", {_XAVIER: "np.sqrt(2 / ((n_in + n_out) / 2))"}, 1.5, "factor 2 twice"),
    _init("deviation-doubled", {_KAIMING: "2 * np.sqrt(1 / n_in)"}, 1.5, "factor 2 twice"),
    _init("not-returned", {f"return {_DRAWN}": f"weights = {_DRAWN}"}, 3, "nothing returned"),
)

# Optimizer, GradientDescent ---------------------------------------------------------------------------

_MOVE = "parameter.data -= self.lr * parameter.grad"
_ASK = "            if parameter.grad is not None:\n                parameter.data"
_FORGET = "parameter.grad = None"


def _descent(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "GradientDescent", edits, loses, family, survives=survives)


DESCENT = (
    _descent("added", {_MOVE: _MOVE.replace("-=", "+=")}, 4, "uphill"),
    _descent("no-learning-rate", {_MOVE: "parameter.data -= parameter.grad"}, 4, "learning rate forgotten"),
    _descent("learning-rate-alone", {_MOVE: "parameter.data -= self.lr"}, 4, "learning rate alone"),
    _descent(
        "divided", {_MOVE: "parameter.data -= parameter.grad / self.lr"}, 4, "divided by the learning rate"
    ),
    _descent(
        "data-for-grad", {_MOVE: "parameter.data -= self.lr * parameter.data"}, 4, "values for gradients"
    ),
    _descent(
        "assigned",
        {_MOVE: "parameter.data = -self.lr * parameter.grad"},
        4,
        "gradient in the parameter's place",
    ),
    _descent(
        "name-for-attribute",
        {_MOVE: "parameter = parameter.data - self.lr * parameter.grad"},
        4,
        "only a name changed",
    ),
    _descent(
        "name-of-the-array",
        {_MOVE: "w = parameter.data\n                w = w - self.lr * parameter.grad"},
        4,
        "only a name changed",
    ),
    _descent(
        "new-tensors-in-the-list",
        {
            _MOVE: "place = self.parameters.index(parameter)\n                "
            "self.parameters[place] = Tensor(parameter.data - self.lr * parameter.grad)"
        },
        4,
        "not the Tensors themselves",
    ),
    _descent(
        "tensor-in-data",
        {_MOVE: "parameter.data = parameter - self.lr * parameter.grad"},
        4,
        "Tensor for array",
    ),
    _descent(
        "none-multiplied",
        {_ASK: "            parameter.data"},
        0.5,
        "None not passed over",
        "all have gradients",
    ),
    _descent(
        "break-at-none",
        {_ASK: "            if parameter.grad is None:\n                break\n            parameter.data"},
        0.5,
        "ended at the first None",
        "all have gradients",
    ),
    _descent(
        "return-in-the-loop",
        {_MOVE: f"{_MOVE}\n                return"},
        1.5,
        "only the first parameter",
        "one parameter",
    ),
    _descent(
        "gradient-scaled-in-place",
        {_MOVE: "parameter.grad *= self.lr\n                parameter.data -= parameter.grad"},
        0.5,
        "gradient changed in place",
    ),
    _descent(
        "forgotten-after-the-step",
        {_MOVE: f"{_MOVE}\n                self.parameters[self.parameters.index(parameter)].grad = None"},
        0.5,
        "gradient forgotten in step",
    ),
    _descent(
        "truth-of-a-gradient",
        {"if parameter.grad is not None": "if parameter.grad"},
        4,
        "truth of an array",
        "one number",
    ),
    _descent(
        "not-equal-none",
        {"if parameter.grad is not None": "if parameter.grad != None"},
        4,
        "truth of an array",
        "one number",
    ),
    _descent("number-zero", {_FORGET: "parameter.grad = 0"}, 1, "zeros for None"),
    _descent(
        "array-of-zeros", {_FORGET: "parameter.grad = np.zeros_like(parameter.data)"}, 1, "zeros for None"
    ),
    _descent("filled-with-zeros", {_FORGET: "parameter.grad[...] = 0"}, 1, "zeros for None"),
    _descent("times-zero-in-place", {_FORGET: "parameter.grad *= 0"}, 1, "zeros for None"),
    _descent("times-zero", {_FORGET: "parameter.grad = 0 * parameter.grad"}, 1, "zeros for None"),
    _descent("loop-name-none", {_FORGET: "parameter = None"}, 1, "only a name changed"),
    _descent("own-grad-none", {_FORGET: "self.grad = None"}, 1, "only a name changed"),
    _descent(
        "data-zeroed-too",
        {_FORGET: f"{_FORGET}\n            parameter.data = np.zeros_like(parameter.data)"},
        1,
        "caller changed",
    ),
)

# SGD --------------------------------------------------------------------------------------------------

_GRAD = "grad = parameter.grad + self.weight_decay * parameter.data"
_PLAIN = "grad = parameter.grad"
_VELOCITY = "self.velocities[i] = self.momentum * self.velocities[i] + grad"
_STEP = "parameter.data -= self.lr * self.velocities[i]"
_ASKED = "            if parameter.grad is not None:\n"
_FOR_EACH = "for i, parameter in enumerate(self.parameters):"
_COUNTED = "i = 0\n        for parameter in self.parameters:"


def _sgd(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "SGD", edits, loses, family, survives=survives)


SGD = (
    _sgd(
        "a-name-in-zip",
        {
            _FOR_EACH: "for parameter, velocity in zip(self.parameters, self.velocities):",
            _VELOCITY: "velocity = self.momentum * velocity + grad",
            _STEP: "parameter.data -= self.lr * velocity",
        },
        5,
        "velocity not kept",
        "one step",
    ),
    _sgd("step-by-the-gradient", {_STEP: "parameter.data -= self.lr * grad"}, 5, "velocity not kept"),
    _sgd(
        "an-average",
        {_VELOCITY: _VELOCITY.replace("+ grad", "+ (1 - self.momentum) * grad")},
        5,
        "gradient damped",
    ),
    _sgd(
        "momentum-times-gradient",
        {_VELOCITY: "self.velocities[i] = self.velocities[i] + self.momentum * grad"},
        7,
        "momentum at the wrong place",
    ),
    _sgd(
        "momentum-times-both",
        {_VELOCITY: "self.velocities[i] = self.momentum * (self.velocities[i] + grad)"},
        7,
        "momentum at the wrong place",
    ),
    _sgd("added-to-the-old", {_VELOCITY: _VELOCITY.replace(" = ", " += ")}, 7, "momentum forgotten"),
    _sgd("no-friction", {_VELOCITY: "self.velocities[i] += grad"}, 7, "momentum forgotten", "one step"),
    _sgd(
        "old-velocity-subtracted",
        {_VELOCITY: "self.velocities[i] = grad - self.momentum * self.velocities[i]"},
        5,
        "lost sign",
    ),
    _sgd("added", {_STEP: _STEP.replace("-=", "+=")}, 7, "uphill"),
    _sgd("no-learning-rate", {_STEP: "parameter.data -= self.velocities[i]"}, 7, "learning rate forgotten"),
    _sgd(
        "learning-rate-in-both",
        {_VELOCITY: _VELOCITY.replace("+ grad", "+ self.lr * grad")},
        7,
        "learning rate twice",
    ),
    _sgd(
        "looking-ahead",
        {_STEP: "parameter.data -= self.lr * (grad + self.momentum * self.velocities[i])"},
        5,
        "gradient counted twice",
    ),
    _sgd(
        "velocity-of-the-first",
        {_VELOCITY: "self.velocities[i] = self.momentum * self.velocities[0] + grad"},
        3,
        "one velocity for all",
        "one parameter",
    ),
    _sgd(
        "list-replaced-by-an-array",
        {
            _VELOCITY: "self.velocities = self.momentum * self.velocities[i] + grad",
            _STEP: "parameter.data -= self.lr * self.velocities",
        },
        7,
        "one velocity for all",
        "one step",
    ),
    _sgd("no-decay", {_GRAD: _PLAIN}, 3, "decay forgotten"),
    _sgd("decay-pushes-away", {_GRAD: _GRAD.replace("+", "-")}, 3, "lost sign"),
    _sgd("decay-for-all-alike", {_GRAD: f"{_PLAIN} + self.weight_decay"}, 3, "decay without the parameter"),
    _sgd(
        "decay-of-the-gradient",
        {_GRAD: f"{_PLAIN} + self.weight_decay * parameter.grad"},
        3,
        "decay of the gradient",
    ),
    _sgd(
        "decay-in-the-step",
        {
            _GRAD: _PLAIN,
            _STEP: "parameter.data -= self.lr * (self.velocities[i] + self.weight_decay * parameter.data)",
        },
        2,
        "decay beside the velocity",
        "no momentum",
    ),
    _sgd(
        "decay-without-learning-rate",
        {_GRAD: _PLAIN, _STEP: f"{_STEP} + self.weight_decay * parameter.data"},
        3,
        "decay beside the velocity",
    ),
    _sgd(
        "decay-into-the-gradient",
        {_GRAD: f"{_PLAIN}\n                grad += self.weight_decay * parameter.data"},
        0.5,
        "gradient changed in place",
    ),
    _sgd(
        "none-multiplied",
        {_ASKED: "            if True:\n"},
        0.5,
        "None not passed over",
        "all have gradients",
    ),
    _sgd(
        "zero-for-none",
        {
            _ASKED: "            if True:\n",
            _GRAD: "grad = 0 if parameter.grad is None else parameter.grad\n"
            "                grad = grad + self.weight_decay * parameter.data",
        },
        0.5,
        "moves without a gradient",
        "no decay",
    ),
    _sgd(
        "coasting",
        {
            _ASKED: "            if True:\n",
            _GRAD: f"grad = 0\n                if parameter.grad is not None:\n                    {_GRAD}",
        },
        0.5,
        "moves without a gradient",
        "always or never a gradient",
    ),
    _sgd(
        "coasting-unslowed",
        {f"    {_STEP}": _STEP},
        0.5,
        "moves without a gradient",
        "always or never a gradient",
    ),
    _sgd(
        "counted-inside-the-if",
        {_FOR_EACH: _COUNTED, _STEP: f"{_STEP}\n                i += 1"},
        0.5,
        "state of another parameter",
        "always or never a gradient",
    ),
    _sgd(
        "return-at-none",
        {_ASKED: f"            if parameter.grad is None:\n                return\n{_ASKED}"},
        0.5,
        "ended at the first None",
        "all have gradients",
    ),
    _sgd(
        "name-for-attribute",
        {_STEP: "parameter = parameter.data - self.lr * self.velocities[i]"},
        7,
        "only a name changed",
    ),
    _sgd(
        "compared",
        {_STEP: "parameter.data == parameter.data - self.lr * self.velocities[i]"},
        7,
        "only a name changed",
    ),
    _sgd(
        "velocity-in-a-name",
        {_VELOCITY: _VELOCITY.replace("self.velocities[i]", "v", 1)},
        7,
        "only a name changed",
    ),
    _sgd(
        "step-before-velocity",
        {f"{_VELOCITY}\n                {_STEP}": f"{_STEP}\n                {_VELOCITY}"},
        7,
        "old value read too early",
    ),
    _sgd(
        "list-times-momentum",
        {_VELOCITY: "self.velocities[i] = self.momentum * self.velocities + grad"},
        7,
        "one velocity for all",
    ),
    _sgd(
        "letter-of-the-formula",
        {_VELOCITY: _VELOCITY.replace("velocities", "v"), _STEP: _STEP.replace("velocities", "v")},
        7,
        "name from the formula",
    ),
    _sgd(
        "decay-with-learning-rate",
        {_GRAD: _GRAD.replace("self.weight_decay", "self.lr * self.weight_decay")},
        3,
        "learning rate twice",
    ),
    _sgd(
        "decay-before-the-step",
        {_GRAD: f"parameter.data -= self.lr * self.weight_decay * parameter.data\n                {_PLAIN}"},
        2,
        "decay beside the velocity",
        "no momentum",
    ),
)

# Adam -------------------------------------------------------------------------------------------------

_M = "self.m[i] = b1 * self.m[i] + (1 - b1) * parameter.grad\n"
_V = "self.v[i] = b2 * self.v[i] + (1 - b2) * parameter.grad**2"
_M_NOW, _V_NOW = "m = self.m[i] / (1 - b1**self.t)", "v = self.v[i] / (1 - b2**self.t)"
_BY = "self.lr * m / (np.sqrt(v) + self.eps)"
_COUNT = "        self.t += 1\n"
_APPENDED = {
    _M: "self.m.append(b1 * self.m[i] + (1 - b1) * parameter.grad)\n",
    _V: "self.v.append(b2 * self.v[i] + (1 - b2) * parameter.grad**2)",
}


def _adam(name: str, edits: dict[str, str], loses: float, family: str = "", survives: str = "") -> Wrong:
    return Wrong(name, "Adam", edits, loses, family, survives=survives)


ADAM = (
    _adam("not-corrected", {_M_NOW: "m = self.m[i]", _V_NOW: "v = self.v[i]"}, 8, "no bias correction"),
    _adam("only-m-corrected", {_V_NOW: "v = self.v[i]"}, 8, "no bias correction"),
    _adam("only-v-corrected", {_M_NOW: "m = self.m[i]"}, 8, "no bias correction"),
    _adam(
        "corrected-averages-kept",
        {
            _M_NOW: f"m = {_M_NOW.replace('m = ', 'self.m[i] = ')}",
            _V_NOW: f"v = {_V_NOW.replace('v = ', 'self.v[i] = ')}",
        },
        6,
        "correction kept",
        "one step",
    ),
    _adam(
        "no-power",
        {_M_NOW: "m = self.m[i] / (1 - b1)", _V_NOW: "v = self.v[i] / (1 - b2)"},
        6,
        "correction of the first step",
        "one step",
    ),
    _adam(
        "times-for-power",
        {_M_NOW: _M_NOW.replace("**", " * "), _V_NOW: _V_NOW.replace("**", " * ")},
        6,
        "no power",
        "one step",
    ),
    _adam("first-beta-for-both", {_V_NOW: _V_NOW.replace("b2", "b1")}, 8, "corrected by the other's"),
    _adam(
        "counted-in-the-loop",
        {_COUNT: "", _ASKED: f"{_ASKED}                self.t += 1\n"},
        2,
        "steps counted wrongly",
        "one parameter",
    ),
    _adam("never-counted", {_COUNT: ""}, 8, "steps counted wrongly"),
    _adam(
        "betas-exchanged", {"b1, b2 = self.betas": "b2, b1 = self.betas"}, 6, "betas exchanged", "one step"
    ),
    _adam("not-squared", {"parameter.grad**2": "parameter.grad"}, 8, "square missing"),
    _adam("no-root", {_BY: _BY.replace("np.sqrt(v)", "v")}, 8, "root missing"),
    _adam(
        "eps-in-the-root", {_BY: "self.lr * m / np.sqrt(v + self.eps)"}, 1, "eps under the root", "small eps"
    ),
    _adam("no-eps", {_BY: "self.lr * m / np.sqrt(v)"}, 2, "eps forgotten", "no zeros"),
    _adam(
        "no-parentheses", {_BY: "self.lr * m / np.sqrt(v) + self.eps"}, 2, "order of operations", "small eps"
    ),
    _adam("gradient-above", {_BY: _BY.replace("* m", "* parameter.grad")}, 6, "gradient for its average"),
    _adam("momentum-only", {_BY: "self.lr * m"}, 8, "not divided"),
    _adam("no-learning-rate", {_BY: _BY.replace("self.lr * ", "")}, 8, "learning rate forgotten"),
    _adam("added", {"parameter.data -=": "parameter.data +="}, 8, "uphill"),
    _adam("a-velocity-for-m", {_M: _M.replace("(1 - b1) * ", "")}, 8, "sum for an average"),
    _adam("a-sum-of-squares", {_V: _V.replace("(1 - b2) * ", "")}, 8, "sum for an average"),
    _adam(
        "shares-exchanged",
        {
            _M: "self.m[i] = (1 - b1) * self.m[i] + b1 * parameter.grad\n",
            _V: "self.v[i] = (1 - b2) * self.v[i] + b2 * parameter.grad**2",
        },
        8,
        "shares exchanged",
    ),
    _adam(
        "share-squared-too",
        {_V: "self.v[i] = b2 * self.v[i] + ((1 - b2) * parameter.grad)**2"},
        8,
        "square of the share",
    ),
    _adam("m-squared", {_V: _V.replace("parameter.grad", "self.m[i]")}, 8, "square of the average"),
    _adam(
        "share-multiplied",
        {_M_NOW: _M_NOW.replace("/", "*"), _V_NOW: _V_NOW.replace("/", "*")},
        8,
        "multiplied for divided",
    ),
    _adam(
        "share-to-the-power",
        {_M_NOW: "m = self.m[i] / (1 - b1)**self.t", _V_NOW: "v = self.v[i] / (1 - b2)**self.t"},
        6,
        "order of operations",
        "one step",
    ),
    _adam(
        "root-before-correction",
        {_V_NOW: "v = np.sqrt(self.v[i]) / (1 - b2**self.t)", _BY: _BY.replace("np.sqrt(v)", "v")},
        8,
        "order of operations",
    ),
    _adam(
        "corrected-in-place",
        {
            _M_NOW: "m = self.m[i]\n                m /= 1 - b1**self.t",
            _V_NOW: "v = self.v[i]\n                v /= 1 - b2**self.t",
        },
        6,
        "correction kept",
        "one number",
    ),
    _adam(
        "averages-in-names",
        {
            _M: _M.replace("self.m[i]", "m", 1),
            _V: _V.replace("self.v[i]", "v", 1),
            _M_NOW: _M_NOW.replace("self.m[i]", "m"),
            _V_NOW: _V_NOW.replace("self.v[i]", "v"),
        },
        6,
        "velocity not kept",
        "one step",
    ),
    _adam(
        "appended",
        {
            **_APPENDED,
            _M_NOW: _M_NOW.replace("[i]", "[-1]"),
            _V_NOW: _V_NOW.replace("[i]", "[-1]"),
        },
        6,
        "velocity not kept",
        "one step",
    ),
    _adam("appended-and-not-found", _APPENDED, 8, "only a name changed"),
    _adam(
        "name-for-attribute",
        {"parameter.data -=": "parameter = parameter.data -"},
        8,
        "only a name changed",
    ),
    _adam(
        "zeros-for-none",
        {
            _ASKED: "            if parameter.grad is None:\n"
            "                parameter.grad = np.zeros_like(parameter.data)\n"
            "            if True:\n"
        },
        0.5,
        "moves without a gradient",
        "always or never a gradient",
    ),
    _adam(
        "return-at-none",
        {_ASKED: f"            if parameter.grad is None:\n                return\n{_ASKED}"},
        0.5,
        "ended at the first None",
        "all have gradients",
    ),
    _adam(
        "counted-inside-the-if",
        {_FOR_EACH: _COUNTED, "+ self.eps)": "+ self.eps)\n                i += 1"},
        0.5,
        "state of another parameter",
        "always or never a gradient",
    ),
    _adam(
        "none-multiplied",
        {_ASKED: "            if True:\n"},
        0.5,
        "None not passed over",
        "all have gradients",
    ),
)

WRONG = (*INIT, *DESCENT, *SGD, *ADAM)
