import type { QuoteGroup, QuotePolicy } from '@trunkline/domain';

/** In the order of their bits: four for who may quote at once, and above them four for who has to ask. */
const GROUPS: readonly QuoteGroup[] = ['public', 'followers', 'following', 'other'];

const bitsOf = (groups: readonly QuoteGroup[]): number => GROUPS.reduce((bits, group, at) => (groups.includes(group) ? bits | (1 << at) : bits), 0);
const groupsOf = (bits: number): QuoteGroup[] => GROUPS.filter((_, at) => (bits & (1 << at)) !== 0);

export const policyBits = (policy: QuotePolicy | null): number | null =>
  policy === null ? null : bitsOf(policy.automatic) | (bitsOf(policy.manual) << GROUPS.length);

export const policyOfBits = (bits: number | null): QuotePolicy | null =>
  bits === null ? null : { automatic: groupsOf(bits & 0b1111), manual: groupsOf(bits >> GROUPS.length) };
