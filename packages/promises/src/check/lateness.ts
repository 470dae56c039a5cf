/** From here on a machine is too busy with other things for its delays to say anything. */
const CROWDED = 0.25;

/**
 * What a missed deadline means: a break, unless others kept the machine busy; then it is not decided, which is no pass. What is lost, doubled or out of
 * order is never excused by this.
 * @param late one sentence for each deadline that was missed
 * @param othersShare of the machine's processor time, from 0 to 1; null: not known, and nothing is excused
 */
export function judgeLateness(late: readonly string[], othersShare: number | null): { readonly violations: readonly string[]; readonly undecided: readonly string[] } {
  if (othersShare === null || othersShare < CROWDED) return { violations: late, undecided: [] };
  const percent = Math.round(othersShare * 100);
  return { violations: [], undecided: late.map((text) => `${text} (others took ${percent} % of this machine)`) };
}
