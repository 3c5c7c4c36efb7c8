// Random numbers that are the same as in Python: the generator mulberry32, as in base/shared_random.py.

class SharedRandom {
  constructor(seed) { this.state = seed >>> 0; }

  // a number in [0, 1)
  uniform() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  // one of 0 ... n - 1
  below(n) { return Math.floor(this.uniform() * n); }

  // mean 0, variance 1
  normal() {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  // 0 ... n - 1 in random order
  permutation(n) {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let last = n - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      [order[last], order[other]] = [order[other], order[last]];
    }
    return order;
  }
}

