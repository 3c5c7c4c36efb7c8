// TruthExplorer: what is shown of a table at some settings; the same as models/truth_frame.py, where it is explained.

const RANK_AXIS = "rank", ESTIMATE_WAY = "estimate", MEAN_WAY = "mean of its seeds", ALL_OPERATIONS = "all operations", ANYWHERE = "any edge";
const countedOf = (number, what) => `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;

function valuesShown(columns, way) {
  if (way === ESTIMATE_WAY || way === MEAN_WAY) return columns[way === MEAN_WAY ? "mean" : "estimate"];
  return columns.trainings.map((one) => one[Number(way.replace("seed ", ""))]);
}

const barsShown = ({ low, high, trainings }, way) => (way === ESTIMATE_WAY ? [low, high]
  : [trainings.map((one) => Math.min(...one)), trainings.map((one) => Math.max(...one))]);

// a number in ten thousandths as it is written; halves go up
function inDigits(value, measure) {
  const thousandths = Math.floor((value + 5) / 10);
  return measure.endsWith("accuracy") ? `${(thousandths / 10).toFixed(1)} %` : (thousandths / 1000).toFixed(3);
}

const rankInWords = ({ cells, ranks, intervals }, place) => `rank ${ranks[place]} of ${cells.length} (95 %: ${intervals[place].join(" to ")})`;
const searchesInWords = (marks) => [...new Set(marks.map(({ group }) => group))]
  .map((group) => `${group} seed ${marks.filter((mark) => mark.group === group).map(({ seed }) => seed).join(", ")}`).join("; ");

function linesOf({ space }, place) {
  return Object.entries(space.which).map(([kind, which]) => `${space.tied ? "both kinds" : kind}: ${space.lines[kind][which[place]]}`);
}

function stateInWords({ name, state, cells, of, least, left }) {
  let words = `Table ${name}, ${state}.`;
  if (cells.length < of) words += ` Ranks and means are among the ${cells.length} cells that are drawn; a better cell may be missing.`;
  if (left) words += ` ${left} more ${left === 1 ? "has" : "have"} fewer than ${countedOf(least, "seed")} and are left out.`;
  return words;
}

function brushInWords({ cuts, cells, means }, { operation, edge, measure, way }) {
  const inside = [...cuts[operation][edge]].filter((one) => one === "1").length;
  const told = [["with", inside], ["without", cells.length - inside]].map(([word, count], i) => {
    const mean = means[operation][edge][measure][way][i];
    return `${countedOf(count, "cell")} ${word} it${mean === null ? "" : `, mean ${inDigits(mean, measure)}`}`;
  });
  return `${operation} on ${edge}: ${told.join("; ")}.`;
}

function chosenCell(data, place) {
  const { space, measures, sizes } = data;
  return {
    place,
    number: data.cells[place],
    rank: rankInWords(data, place),
    better_than: data.better_than[place],
    trainings: data.counts[place],
    sizes: Object.entries(sizes).map(([name, values]) => [name, values[place]]),
    rows: Object.entries(measures).map(([name, columns]) => [name, ...["estimate", "mean", "spread"].map((part) => inDigits(columns[part][place], name))]),
    found: searchesInWords(data.marks.filter((mark) => mark.place === place)),
    lines: linesOf(data, place),
    code: data.code.replace("NUMBER", data.cells[place]),
    operations: Object.fromEntries(Object.entries(space.which).map(([kind, which]) => [kind, space.operations[kind][which[place]]])),
  };
}

function explorerFrame(settings, data) {
  const { measure, way, against, bars, operation, edge, cell } = settings;
  const columns = data.measures[measure], [low, high] = barsShown(columns, way), best = columns.best[way];
  const lit = operation === ALL_OPERATIONS ? "" : data.cuts[operation][edge];
  return {
    measure, way, against, bars,
    x: against === RANK_AXIS ? data.ranks : data.sizes[against],
    y: valuesShown(columns, way), low, high, operation, edge, lit,
    means: lit ? data.means[operation][edge][measure][way] : [null, null],
    brush: lit ? brushInWords(data, settings) : "",
    best,
    best_words: `Best by ${measure}, ${way}: cell ${data.cells[best]}. By estimated test loss it has ${rankInWords(data, best)}.`,
    chosen: chosenCell(data, data.cells.indexOf(Number(cell))),
    state: stateInWords(data),
  };
}

function explorerWords({ chosen, brush, best_words: best, state }) {
  const sizes = chosen.sizes.map(([name, value]) => `${value.toLocaleString("en")} ${name}`).join(" and ");
  const told = chosen.rows.map(([name, estimate, mean, spread]) => `${name} ${estimate} (mean ${mean}, spread ${spread})`).join(", ");
  const found = chosen.found ? ` Found by ${chosen.found}.` : "";
  return `Cell ${chosen.number}, ${chosen.rank}, better than ${chosen.better_than} % of the others; ${chosen.lines.join("; ")}; ${sizes}; `
    + `${countedOf(chosen.trainings, "training")}: ${told}.${found}${brush ? ` ${brush}` : ""} ${best} ${state}`;
}
