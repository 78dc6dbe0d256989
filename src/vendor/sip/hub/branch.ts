/** The branch by which sip.js knows a server transaction: short, ours, and never on the wire. */
const prefix = "z9hG4bKs";

export function branchOf(transaction: number): string {
  return prefix + transaction;
}

/** The transaction a branch names; 0 when it is none of ours. */
export function transactionOf(branch: string): number {
  const digits = branch.startsWith(prefix) ? branch.slice(prefix.length) : "";
  return /^\d{1,15}$/.test(digits) ? Number(digits) : 0;
}
