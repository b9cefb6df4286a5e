// A plain oracle for docs/examples/sixty-teams.yaml, written from the text of the example and not from the rules' code, and random
// questions for it.

export const TEAMS =
  'accounts address ads alerts analytics api-keys apps archive auth backup billing booking cache cart catalog chat checkout claims cms content coupons crm currency customs delivery discounts documents email events exports feeds files fleet forms fraud gateway geo gifts graph identity images imports inbox inventory invoices jobs ledger loyalty mail maps media metrics mobile orders payments pricing profiles refunds reports search'.split(
    ' ',
  )
const PEOPLE = Array.from({ length: 24 }, (_, at) => `U0PERSON${String(at).padStart(2, '0')}`)
export const groupOf = (team: string): string => `S0T${team.toUpperCase().replaceAll('-', '').slice(0, 12)}`

/** Two or three people a team; three of the platform; two contractors, who are in teams, too. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    TEAMS.map((team, at) => [groupOf(team), [0, 7, 13].slice(at % 2).map(by => `${PEOPLE[(at + by) % 20]}`)]),
  ),
  S0PLATFORM: ['U0PERSON20', 'U0PERSON21', 'U0PERSON22'],
  S0CONTRACTORS: ['U0PERSON03', 'U0PERSON14'],
}

/** 50 services a team, and some of no team. */
export const SERVICES: readonly string[] = [
  ...TEAMS.flatMap(team => Array.from({ length: 50 }, (_, at) => `${team}-${at}`)),
  ...['lost', 'checkout', 'xcheckout-1', 'paymentz-2'],
]

export type Question = {
  readonly user: string
  readonly service: string
  readonly account: 'prod' | 'staging'
  readonly risk: 'low' | 'medium' | 'high'
  readonly command: 'restart' | 'scale'
  readonly tasks: number
  readonly at: string
  readonly reason: boolean
}

/** A linear congruential generator: the same questions in each run. */
export const questions = (count: number): readonly Question[] => {
  let state = 20_261_201
  const below = (most: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * most)
  }
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T
  const careful = ['payments-3', 'ledger-4', 'identity-5', 'alerts-6', 'billing-7', 'lost', 'checkout']
  return Array.from({ length: count }, () => ({
    user: pick([...PEOPLE, 'U0STRANGER']),
    service: pick(below(3) === 0 ? careful : SERVICES),
    account: pick(['prod', 'staging'] as const),
    risk: pick(['low', 'medium', 'high'] as const),
    command: pick(['restart', 'scale'] as const),
    tasks: pick([1, 49, 51, 201]),
    at: pick(['2026-12-01T00:00:00Z', '2026-12-31T00:00:00Z']),
    reason: below(4) > 0,
  }))
}

const teamOfService = (service: string): string | undefined => TEAMS.filter(team => service.startsWith(`${team}-`))[0]

const isOneOf = (group: string, user: string): boolean => GROUPS[group]?.includes(user) ?? false

/** `no`, `free`, or the approvals and who may give them. */
export const oracle = ({ user, service, account, risk, command, tasks, at, reason }: Question): string => {
  if (!PEOPLE.includes(user)) return 'no'
  const team = teamOfService(service)
  const isIn = (...teams: readonly string[]): boolean => team === undefined || teams.includes(team)
  const operates = (one: string): boolean =>
    (isOneOf('S0PLATFORM', one) || (team !== undefined && isOneOf(groupOf(team), one))) &&
    !(isOneOf('S0CONTRACTORS', one) && isIn('payments', 'ledger', 'identity'))
  if (!operates(user)) return 'no'
  if (tasks > 200 || (tasks > 50 && isIn('alerts'))) return 'no'
  if (at > '2026-12-30' && isIn('ledger', 'billing')) return 'no'
  const level = command === 'restart' && isIn('identity') ? 'high' : risk
  const isCareful = account === 'prod' && isIn('payments', 'ledger')
  if (!isCareful && account === 'staging' && level === 'low') return 'free'
  // A service of no team: the careful rule could be about it, and so is the one that would be without it.
  const needsReason = level === 'high' && (team === undefined || !isCareful)
  if (needsReason && !reason) return 'no'
  const needed = isCareful || level === 'high' ? 2 : 1
  const mayApprove = (one: string): boolean =>
    isOneOf('S0PLATFORM', one) || (team !== undefined && isOneOf(groupOf(team), one))
  const isDenied = (one: string): boolean => isOneOf('S0CONTRACTORS', one) && isIn('payments', 'ledger', 'identity')
  const voters = PEOPLE.filter(one => one !== user && mayApprove(one) && !isDenied(one))
  return voters.length < needed ? 'no' : `${needed} of ${voters.join(' ')}`
}
