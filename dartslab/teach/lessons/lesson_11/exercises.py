"""Exercises of lesson 11: the pieces of a search, joined."""

from ...items import Exercise
from ..lesson_06.cases import same_entries
from . import answers, cases
from .mistakes import cell as cell_mistakes
from .mistakes import exact as exact_mistakes
from .mistakes import first_order as first_order_mistakes
from .mistakes import read_off as read_off_mistakes
from .mistakes import search_step as search_step_mistakes
from .mistakes import whole_search as whole_search_mistakes

EXERCISES = (
    Exercise(
        name="11.cell",
        title="A whole cell of mixed operations",
        minutes=8,
        points=2,
        difficulty=2,
        reference=answers.cell,
        gradients=True,
        fixed=cases.CELLS,
        random=cases.random_cell,
        twins=cell_mistakes.TWINS,
        hints=(
            "Nodes come one after the other, and each may read every state before it: which list grows meanwhile?",
            "For every node find the numbers of the edges that lead into it; edge, row of alpha and gain share them.",
            "Begin with the inputs as states, append one sum for each node, leave the inputs out at the end.",
        ),
        harder="Give every edge operations of its own, as a supernet has them, and each of those a gain.",
    ),
    Exercise(
        name="11.first_order",
        title="First order, by name",
        minutes=4,
        points=1,
        difficulty=1,
        reference=answers.first_order,
        use=cases.gradients_and_marks,
        fixed=cases.POINTS,
        random=cases.point,
        twins=first_order_mistakes.TWINS,
        hints=(
            "One loss, one batch, and derivatives with respect to one of the two dictionaries.",
            "Autograd differentiates by tensors that ask for it: make such copies of alpha and compute the loss with "
            "them.",
            "`torch.autograd.grad(value, list_of_tensors)` gives as many gradients, in order; put the names back.",
        ),
        harder="Write single level, in which alpha learns from the training batch too, with one call of yours.",
    ),
    Exercise(
        name="11.exact",
        title="Exact, through a virtual step",
        minutes=10,
        points=3,
        difficulty=3,
        reference=answers.exact,
        use=cases.gradients_and_marks,
        tolerance=1e-4,  # a finite difference is as good
        fixed=cases.POINTS,
        random=cases.point,
        twins=exact_mistakes.TWINS,
        hints=(
            "Write the virtual step as you would compute it, and let autograd see that it depends on alpha.",
            "With create_graph=True a gradient has a history too, and so has a w' that is made of it.",
            "Gradient of L_train by w, with its history; w' from it, name by name; gradient of L_val at w' by alpha.",
        ),
        harder="Add momentum and weight decay to the virtual step, as in lesson 04: which of them moves w'?",
    ),
    Exercise(
        name="11.search_step",
        title="One step of algorithm 1",
        minutes=8,
        points=3,
        difficulty=2,
        reference=answers.search_step,
        use=cases.after_steps,
        changes_input=True,
        fixed=cases.ONE_STEP,
        random=cases.random_step,
        seeds=6,
        twins=search_step_mistakes.TWINS,
        hints=(
            "Two halves: gradient of alpha, move alpha; gradient of w, move w. Each half ends with a `step()`.",
            "Adam reads the gradient that stands in `.grad` of a tensor; the hypergradient gives one for each name.",
            "xi is the learning rate of w, `sgd.param_groups[0]`; old gradients of w have to go before backward.",
        ),
        harder="Let alpha wait for the first steps, as lesson 00 did: what has to change, and where?",
    ),
    Exercise(
        name="11.whole_search",
        title="The whole search",
        minutes=5,
        points=2,
        difficulty=2,
        reference=answers.whole_search,
        changes_input=True,
        fixed=cases.SEARCHES,
        random=cases.random_search,
        seeds=6,
        twins=whole_search_mistakes.TWINS,
        hints=(
            "A loop over the steps, and a list that gets a row before the loop and one in each round.",
            "Adam moves the tensors of alpha where they are: a row has to keep their numbers, not the tensors.",
            "`detach().clone()` of every table, under its name; batches come from calling train and val with the step.",
        ),
        harder="Yield every row when it is there instead of returning all: what can the caller do then?",
    ),
    Exercise(
        name="11.read_off",
        title="Read the cell off",
        minutes=6,
        points=2,
        difficulty=2,
        reference=answers.read_off,
        compare=same_entries,
        fixed=cases.KEPT,
        random=cases.random_table,
        twins=read_off_mistakes.TWINS,
        hints=(
            "Every node chooses among its own edges, so go through the nodes.",
            "Collect the rows that lead into a node; `top_k` of lesson 06 wants these, and gives places among them.",
            "A place among the rows of a node is a row of alpha, and that row has an edge, which names its state.",
        ),
        harder="Make a `dartslab.Genotype` of it for both kinds of cell, and draw it.",
    ),
)
