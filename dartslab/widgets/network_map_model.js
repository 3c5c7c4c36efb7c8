// What is chosen in a NetworkMap, and the same in words; the same as models/network_map.py, where it is explained. No DOM.

const edgeName = ([source, target]) => `${source} → ${target}`;
const many = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
const sized = ([channels, high, wide]) => `${many(channels, "channel")} of ${high}×${wide}`;
const placeName = (number) => (number < 0 ? "the stem" : `cell ${number}`);
const toldWeight = (weight) => (weight + 1e-9).toFixed(3);

function mapFrame({ level, cell, edge }, data) {
  const { kind, reads, channels, output } = data.cells[cell];
  const row = data.edges.findIndex((ends) => edgeName(ends) === edge);
  const ends = data.edges[row];
  const inputs = reads.map((place) => (place < 0 ? data.stem : data.cells[place].output));
  const [inside, node] = [[channels, ...inputs[1].slice(1)], [channels, ...output.slice(1)]];
  const weights = data.weights[data.tables[kind]][row];
  return { level, cell, kind, reads, inputs, inside, output, row, edge: ends, state: ends[0] < 2 ? inside : node, result: node, weights };
}

// how many cells read the table of alpha that cells of a kind read, and in words which: all cells where tied
function readersOf(kind, { cells, tables }) {
  const count = cells.filter((cell) => tables[cell.kind] === tables[kind]).length;
  const name = new Set(Object.values(tables)).size < Object.keys(tables).length ? "" : ` ${KIND_NAMES[kind]}`;
  return [count, count === 1 ? `the only${name} cell` : `${count === 2 ? "both" : `all ${count}`}${name} cells`];
}

function mapWords(frame, data) {
  const { level, cell, reads, inputs, inside, output, row, edge, state, weights } = frame;
  const kind = KIND_NAMES[frame.kind];
  const count = (one) => data.cells.filter((other) => other.kind === one).length;
  const [same, whose] = readersOf(frame.kind, data);
  if (level === "network") {
    const stack = Object.keys(KIND_NAMES).filter(count).map((one) => many(count(one), `${KIND_NAMES[one]} cell`)).join(" and ");
    const [older, newer] = reads.map(placeName);
    const shared = `${whose[0].toUpperCase()}${whose.slice(1)} ${same > 1 ? "read one" : "has a"} table`;
    return `The supernet: a stem, ${stack}, the mean over all pixels, ${data.classes} classes. Cell ${cell} is a ${kind} cell. `
      + `It reads ${older === newer ? `${older} twice` : `${older} and ${newer}`}, and gives ${sized(output)}. `
      + `${shared} of alpha: ${data.edges.length} edges × ${data.operations.length} operations.`;
  }
  if (level === "cell") {
    const told = reads.map((place, i) => `input ${i} is ${placeName(place)}, ${sized(inputs[i])}`).join("; ");
    const bring = `what ${data.edges.length} edges bring`;
    return `Cell ${cell}, a ${kind} cell: ${told}. Both become ${sized(inside)}. `
      + `${frame.kind === "reduce" ? "Every edge from an input halves them. " : ""}`
      + `${many(data.nodes, "node")} ${data.nodes === 1 ? `adds up ${bring}; it is the output` : `add up ${bring}; side by side they are the output`}, ${sized(output)}.`;
  }
  const alike = Math.max(...weights) - Math.min(...weights) < 1e-6;
  const parts = alike ? `each with mixing weight ${toldWeight(weights[0])}` : data.operations.map((name, o) => `${toldWeight(weights[o])} ${name}`).join(", ");
  return `Edge ${edgeName(edge)} of cell ${cell}: ${many(weights.length, "operation")} get state ${edge[0]}, ${sized(state)}`
    + `${frame.kind === "reduce" && edge[0] < 2 ? ", and halve them" : ""}; their outputs are mixed, ${parts}, and go into node ${edge[1]}. `
    + `The weights come from row ${row} of the alpha of ${whose}.`;
}
