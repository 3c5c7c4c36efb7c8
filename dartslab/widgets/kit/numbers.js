// Small arithmetic on numbers and lists of numbers.

const clamp = (x, low = 0, high = 1) => Math.min(Math.max(x, low), high);
const sumOf = (xs) => xs.reduce((sum, x) => sum + x, 0);
const largestAt = (xs) => xs.indexOf(Math.max(...xs));
const smallestAt = (xs) => xs.indexOf(Math.min(...xs));

// sum of products; of ys the part that begins at `from`
function dot(xs, ys, from = 0) {
  let sum = 0;
  for (let i = 0; i < xs.length; i += 1) sum += xs[i] * ys[from + i];
  return sum;
}

// p_o = exp(alpha_o / T) / sum_q exp(alpha_q / T)
function softmax(alpha, temperature = 1) {
  const top = Math.max(...alpha);
  const raised = alpha.map((a) => Math.exp((a - top) / temperature));
  const sum = sumOf(raised);
  return raised.map((value) => value / sum);
}

