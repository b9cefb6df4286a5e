// The configurations of a simulation, each with its meaning for the judge, in a model that shares no code with the
// product.

export type RulesName = 'usual' | 'two' | 'free' | 'ops only' | 'stranger' | 'frozen' | 'ceiling'

export type Rules = {
  /** The user groups whose members may operate. */
  readonly operators: readonly string[]
  readonly strangers: readonly string[]
  /** Approvals that a change of production needs. */
  readonly quorum: number
  /** Accounts whose low-risk changes need no approval. */
  readonly freeAccounts: readonly string[]
  readonly isFrozen: boolean
  readonly ceiling: number
}

const STAGING = '444455556666'
const PROD = '111122223333'

const usual: Rules = {
  operators: ['S0ONCALL', 'S0OPS'],
  strangers: ['U0OUTSIDE'],
  quorum: 1,
  freeAccounts: [STAGING],
  isFrozen: false,
  ceiling: 200,
}

export const RULES: Readonly<Record<RulesName, Rules>> = {
  usual,
  two: { ...usual, quorum: 2 },
  free: { ...usual, freeAccounts: [STAGING, PROD] },
  'ops only': { ...usual, operators: ['S0OPS'] },
  stranger: { ...usual, strangers: ['U0OUTSIDE', 'U0REQUEST'] },
  frozen: { ...usual, isFrozen: true },
  ceiling: { ...usual, ceiling: 7 },
}

type Change = readonly [from: string, to: string]

const CHANGES: Readonly<Record<RulesName, readonly Change[]>> = {
  usual: [],
  two: [['- approvals: 1\n', '- approvals: 2\n']],
  free: [['environment: staging, risk: low', 'risk: low']],
  'ops only': [['who: [S0ONCALL, S0OPS]', 'who: [S0OPS]']],
  stranger: [['  U0REQUEST: requester@example.com\n', '']],
  frozen: [
    [
      'ceilings:',
      'freezes:\n  - name: sale\n    from: 2026-01-01T00:00:00Z\n    until: 2027-01-01T00:00:00Z\nceilings:',
    ],
  ],
  ceiling: [['tasks: 200', 'tasks: 7']],
}

/** The example configuration with this one's changes. */
export const yamlOf = (name: RulesName, example: string): string =>
  CHANGES[name].reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`quarterdeck.yaml does not say ${JSON.stringify(from)} any more`)
    return text.replace(from, () => to)
  }, example)
