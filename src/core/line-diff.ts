/** A line that is only in one of two texts. */
export interface LineChange {
  /** `+` only in the second, `-` only in the first, `~` in both, but at another place. */
  readonly sign: "+" | "-" | "~";
  readonly line: string;
}

/** Above this many comparisons, order is not looked at any more: somebody's list of a million addresses. */
const mostCells = 4_000_000;

/** What is different between two lists of lines whose order matters, in their order. */
export function lineDiff(before: readonly string[], after: readonly string[]): LineChange[] {
  const head = commonHead(before, after);
  const [a, b] = [before.slice(head), after.slice(head)];
  const changes = a.length * b.length > mostCells ? withoutOrder(a, b) : inOrder(a, b);
  return moved(changes);
}

function commonHead(a: readonly string[], b: readonly string[]): number {
  const end = a.findIndex((line, at) => line !== b[at]);
  return end < 0 ? a.length : end;
}

/** By the longest common subsequence. */
function inOrder(a: readonly string[], b: readonly string[]): LineChange[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = lengths[i] ?? new Uint32Array();
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const changes: LineChange[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      changes.push({ sign: "-", line: a[i] ?? "" });
      i += 1;
    } else {
      changes.push({ sign: "+", line: b[j] ?? "" });
      j += 1;
    }
  }
  return changes;
}

function withoutOrder(a: readonly string[], b: readonly string[]): LineChange[] {
  const [inA, inB] = [new Set(a), new Set(b)];
  return [
    ...a.filter((line) => !inB.has(line)).map((line) => ({ sign: "-", line }) as const),
    ...b.filter((line) => !inA.has(line)).map((line) => ({ sign: "+", line }) as const),
  ];
}

/** What goes at one place and comes at another has moved. */
function moved(changes: readonly LineChange[]): LineChange[] {
  const gone = new Set(changes.flatMap(({ sign, line }) => (sign === "-" ? [line] : [])));
  const come = new Set(changes.flatMap(({ sign, line }) => (sign === "+" ? [line] : [])));
  return changes.flatMap((change): LineChange[] => {
    if (!gone.has(change.line) || !come.has(change.line)) return [change];
    return change.sign === "-" ? [] : [{ sign: "~", line: change.line }];
  });
}
