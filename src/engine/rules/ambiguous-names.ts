// Names that could be read two ways: `prod/orders-api` is a service of the cluster prod, so no account is named like a
// cluster. Which clusters there are, the file does not say; its patterns do, and whoever publishes it may know more.
type Targets = { readonly targets?: readonly string[] | undefined }

/** The parts of the file that have patterns, as it was parsed. */
type Places = {
  readonly accounts: Readonly<Record<string, unknown>>
  readonly access: readonly Targets[]
  readonly consent: readonly { readonly when?: Targets | undefined }[]
  readonly ceilings?: readonly Targets[] | undefined
  readonly freezes?: readonly Targets[] | undefined
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string }

/** `clusters`: names or ARNs, of clusters that are known to be there. */
export const mistakableNames = (file: Places, clusters: readonly string[]): readonly Issue[] => [
  ...patternsOf(file).flatMap(({ path, pattern }) => namedLikeAccount(pattern, path, file)),
  ...Object.keys(file.accounts)
    .filter(account => clusters.some(cluster => cluster.split('/').at(-1) === account))
    .map(account => ({
      path: ['accounts', account],
      message: `is named like a cluster that is there: \`${account}/orders-api\` could mean either. Give the account another name`,
    })),
]

type Pattern = { readonly pattern: string; readonly path: readonly PropertyKey[] }

const patternsOf = ({ access, consent, ceilings = [], freezes = [] }: Places): readonly Pattern[] => {
  const of = (rules: readonly Targets[], at: (index: number) => readonly PropertyKey[]): readonly Pattern[] =>
    rules.flatMap(({ targets = [] }, index) =>
      targets.map((pattern, nth) => ({ pattern, path: [...at(index), 'targets', nth] })),
    )
  return [
    ...of(access, at => ['access', at]),
    ...of(
      consent.map(({ when = {} }) => when),
      at => ['consent', at, 'when'],
    ),
    ...of(ceilings, at => ['ceilings', at]),
    ...of(freezes, at => ['freezes', at]),
  ]
}

const namedLikeAccount = (pattern: string, path: readonly PropertyKey[], { accounts }: Places): readonly Issue[] => {
  const [cluster = '', service = ''] = pattern.split('/')
  if (!Object.hasOwn(accounts, cluster)) return []
  const instead = `\`accounts: [${cluster}]\` and \`targets: ["*/${service}"]\``
  const message = `says ${pattern}, and ${cluster} is an account here: patterns are cluster/service. For that account write ${instead}; if a cluster is named ${cluster}, give the account another name`
  return [{ path, message }]
}
