"""Known wrong answers to `09.unseen`."""

from ....items import Twin

TWINS = (
    Twin(
        "a difference",
        lambda whole, seen, count, used: whole - seen,
        "You subtract two means: what has to be subtracted before one divides?",
    ),
    Twin(
        "as if it were half",
        lambda whole, seen, count, used: 2 * whole - seen,
        "Your answer is right if half of the pictures were used: what if it is fewer?",
    ),
    Twin(
        "divided by all",
        lambda whole, seen, count, used: (count * whole - used * seen) / count,
        "You divide by all pictures: how many are in your sum?",
    ),
    Twin(
        "divided by the used",
        lambda whole, seen, count, used: (count * whole - used * seen) / used,
        "You divide by the number of the used pictures: how many are in your sum?",
    ),
    Twin(
        "not divided",
        lambda whole, seen, count, used: count * whole - used * seen,
        "You give a sum of losses: what is their mean?",
    ),
    Twin(
        "sign turned",
        lambda whole, seen, count, used: (used * seen - count * whole) / (count - used),
        "Your loss is below 0: which of the two sums is the larger one?",
    ),
    Twin(
        "means not weighed",
        lambda whole, seen, count, used: (whole - seen) * count / (count - used),
        "You multiply the difference of two means: over how many pictures is each of them?",
    ),
    Twin(
        "exchanged",
        lambda whole, seen, count, used: (count * seen - used * whole) / (count - used),
        "You multiply each mean by the other's number of pictures: over how many is `whole`?",
    ),
    Twin(
        "mean of both",
        lambda whole, seen, count, used: (whole + seen) / 2,
        "You give a number between both means: if the used pictures are easier than all, what are the others?",
    ),
    Twin(
        "put together instead of taken apart",
        lambda whole, seen, count, used: (count * whole + used * seen) / (count + used),
        "You add the used pictures once more: are they not in `whole` already?",
    ),
    Twin(
        "the whole",
        lambda whole, seen, count, used: whole,
        "You give the mean over all pictures: which of them were used?",
    ),
)
