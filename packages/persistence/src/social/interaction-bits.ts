import type { InteractionKind, InteractionRules } from '@trunkline/domain';
import { policyBits, policyOfBits } from './quote-policy-bits.js';

/** In the order of their bytes, each as a quote's policy; above them a bit for requests. */
const KINDS: readonly InteractionKind[] = ['like', 'reply', 'announce'];
const BY_REQUEST = 1 << 24;
/** Everybody, at once: the same as nothing said. */
const OPEN = 1;

const byteOf = (rules: InteractionRules, kind: InteractionKind): number => {
  const bits = policyBits(rules[kind]) ?? OPEN;
  return (bits & OPEN) === OPEN ? OPEN : bits;
};

/** Null where whoever sees the post may do all three: such posts need no row. */
export function interactionBits(rules: InteractionRules | null): number | null {
  if (rules === null || KINDS.every((kind) => byteOf(rules, kind) === OPEN)) return null;
  return KINDS.reduce((bits, kind, at) => bits | (byteOf(rules, kind) << (8 * at)), rules.byRequest ? BY_REQUEST : 0);
}

export function rulesOfBits(bits: number): InteractionRules {
  const ruleAt = (at: number): ReturnType<typeof policyOfBits> => {
    const byte = (bits >> (8 * at)) & 0xff;
    return byte === OPEN ? null : policyOfBits(byte);
  };
  return { like: ruleAt(0), reply: ruleAt(1), announce: ruleAt(2), byRequest: (bits & BY_REQUEST) !== 0 };
}
