// What the clients count: a step holds, or the program ends with what does not.

let steps = 0;

export function step(holds, what) {
  if (!holds) throw new Error(`does not hold: ${what}`);
  steps += 1;
}

/** A promise that has to be refused, by an error that `is` recognises. */
export async function refused(promise, is, what) {
  let error;
  try {
    await promise;
  } catch (caught) {
    error = caught;
  }
  if (error === undefined) throw new Error(`not refused: ${what}`);
  step(is(error), `${what}: ${error.name} ${error.code} ${error.error}`);
}

export function done() {
  console.log(`${steps} steps`);
}
