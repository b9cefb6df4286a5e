// Finds accounts that have the name of a cluster: in `prod/orders-api`, `prod` could then be either.

import type { Issue } from './config-schema.ts'

type Targets = { readonly targets?: readonly string[] | undefined }

/** The sections of the configuration file that contain name patterns. */
type Places = {
  readonly accounts: Readonly<Record<string, unknown>>
  readonly access: readonly Targets[]
  readonly approvals: readonly { readonly when?: Targets | undefined }[]
  readonly risk?: readonly { readonly when?: Targets | undefined }[] | undefined
  readonly ceilings?: readonly Targets[] | undefined
  readonly freezes?: readonly Targets[] | undefined
}

/**
 * Compares account names with cluster names: those in the file's patterns and those in `clusters` (names or ARNs of
 * existing clusters).
 */
export const mistakableNames = (file: Places, clusters: readonly string[]): readonly Issue[] => [
  ...patternsOf(file).flatMap(({ path, pattern }) => accountAsCluster(pattern, path, file)),
  ...Object.keys(file.accounts)
    .filter(account => clusters.some(cluster => cluster.split('/').at(-1) === account))
    .map(account => ({
      path: ['accounts', account],
      message: `has the name of an existing cluster: \`${account}/orders-api\` could mean either. Give the account another name`,
    })),
]

type Pattern = { readonly pattern: string; readonly path: readonly PropertyKey[] }

const patternsOf = ({ access, approvals, risk = [], ceilings = [], freezes = [] }: Places): readonly Pattern[] => {
  const patternsIn = (
    rules: readonly Targets[],
    pathOf: (index: number) => readonly PropertyKey[],
  ): readonly Pattern[] =>
    rules.flatMap(({ targets = [] }, index) =>
      targets.map((pattern, nth) => ({ pattern, path: [...pathOf(index), 'targets', nth] })),
    )
  return [
    ...patternsIn(access, at => ['access', at]),
    ...patternsIn(
      approvals.map(({ when = {} }) => when),
      at => ['approvals', at, 'when'],
    ),
    ...patternsIn(
      risk.map(({ when = {} }) => when),
      at => ['risk', at, 'when'],
    ),
    ...patternsIn(ceilings, at => ['ceilings', at]),
    ...patternsIn(freezes, at => ['freezes', at]),
  ]
}

const accountAsCluster = (pattern: string, path: readonly PropertyKey[], { accounts }: Places): readonly Issue[] => {
  const [cluster = '', service = ''] = pattern.split('/')
  if (!Object.hasOwn(accounts, cluster)) return []
  const instead = `\`accounts: [${cluster}]\` and \`targets: ["*/${service}"]\``
  const message = `is ${pattern}, but ${cluster} is an account and patterns are cluster/service. For the account write ${instead}; if a cluster is named ${cluster}, give the account another name`
  return [{ path, message }]
}
