// The simulated world at the start: two accounts, and a few services in a steady state, one of them unhealthy.

import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { Fleet, NewService, Place } from './fleet.ts'
import { executable, jobServices, type Recipe, webServices } from './recipes.ts'
import { addProviders, capacityServices } from './seed-capacity.ts'
import { seedManagers } from './seed-managers.ts'
import type { Cluster, Service, Spec } from './state.ts'

export const prod = { account: '111122223333', name: 'prod' } as const
export const staging = { account: '444455556666', name: 'staging' } as const

const deployer = (account: string) => `arn:aws:iam::${account}:role/deploy`

/** The KMS key that encrypts the exec sessions of staging. */
const EXEC_KEY = `arn:aws:kms:us-east-1:${staging.account}:key/7d0f7c0e-5b1c-4f43-9d0e-0c6c1f3a9b55`

/** The start of a secret value that must never appear in Slack. */
export const PLAIN_SECRET = 'plain-secret-of-'

const imageOf = ({ account, region }: Place, { name, missingSettings }: Recipe, revision: number) =>
  `${account}.dkr.ecr.${region}.amazonaws.com/${name}:${missingSettings?.isLatest ? 'latest' : `v${revision}`}`

/** The name of a service's container. In Express Mode the only container is called `Main`. */
const containerOf = ({ isDaemon, isExpress }: Recipe) => (isDaemon ? 'fluent-bit' : isExpress ? 'Main' : 'app')

const logsTo = (place: Place, { name, missingSettings }: Recipe) => ({
  logDriver: 'awslogs' as const,
  options: {
    'awslogs-group': `/ecs/${name}`,
    'awslogs-region': place.region,
    'awslogs-stream-prefix': 'ecs',
    ...(missingSettings?.keepsLogs && { 'awslogs-create-group': 'true' }),
  },
})

/** Where the tasks of a service run. */
const homeOf = ({ isDaemon, runsOn }: Recipe) => runsOn ?? (isDaemon ? 'EC2' : 'FARGATE')

const definitionOf = (place: Place, recipe: Recipe, revision: number): RegisterTaskDefinitionRequest => ({
  family: recipe.name,
  networkMode: recipe.isDaemon ? 'bridge' : 'awsvpc',
  requiresCompatibilities: [homeOf(recipe)],
  cpu: recipe.cpu ?? '512',
  memory: recipe.memory ?? '1024',
  ...(recipe.exec?.sharesProcesses && { pidMode: 'task' }),
  executionRoleArn: `arn:aws:iam::${place.account}:role/ecs-execution`,
  taskRoleArn: `arn:aws:iam::${place.account}:role/${recipe.name}-task`,
  runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
  containerDefinitions: [
    {
      name: containerOf(recipe),
      image: imageOf(place, recipe, revision),
      ...(recipe.missingSettings?.isPrivileged && { privileged: true }),
      ...(recipe.exec?.isReadOnly && { readonlyRootFilesystem: true }),
      essential: true,
      portMappings: recipe.isBalanced
        ? [
            {
              ...((recipe.isConnected || recipe.isInLattice) && { name: 'http' }),
              containerPort: 8080,
              hostPort: 8080,
              protocol: 'tcp',
            },
          ]
        : [],
      environment: [
        { name: 'STAGE', value: place.account === prod.account ? 'production' : 'staging' },
        { name: 'LOG_LEVEL', value: 'info' },
        ...(recipe.missingSettings?.variables ?? []).map(name => ({ name, value: `${PLAIN_SECRET}${recipe.name}` })),
      ],
      secrets: [
        {
          name: 'DATABASE_URL',
          valueFrom: `arn:aws:ssm:${place.region}:${place.account}:parameter/${recipe.name}/database-url`,
        },
      ],
      logConfiguration: logsTo(place, recipe),
    },
    ...(recipe.sidecar
      ? [
          {
            name: 'envoy',
            image: 'public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod',
            essential: true,
            portMappings: [],
            environment: [],
            logConfiguration: logsTo(place, recipe),
          },
        ]
      : []),
  ],
  volumes: [],
  placementConstraints: [],
})

/** How ECS moves the traffic of a service: the second target group and the listener rules. */
const shiftOf = ({ region, account }: Place, name: string) => {
  const balancing = `arn:aws:elasticloadbalancing:${region}:${account}`
  return {
    alternateTargetGroupArn: `${balancing}:targetgroup/${name}-2/7e1fd942fc9a0a1b`,
    productionListenerRule: `${balancing}:listener-rule/app/release/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee`,
    testListenerRule: `${balancing}:listener-rule/app/release/50dc6c495c0c9188/a1b2c3d4e5f60718/1293a4b5c6d7e8f9`,
    roleArn: `arn:aws:iam::${account}:role/ecs-infrastructure`,
  }
}

const specOf = (fleet: Fleet, place: Place, recipe: Recipe): Spec => {
  const revisions = Array.from({ length: (recipe.older ?? 0) + 1 }, (_, n) => n + 1)
  const [newest] = revisions
    .map(n => fleet.registerTaskDefinition(place, definitionOf(place, recipe, n), deployer(place.account)))
    .slice(-1)
  if (!newest) throw new Error('no revision')
  const { region, account } = place
  return {
    taskDefinition: newest,
    ...(!recipe.strategy && { launchType: homeOf(recipe) }),
    capacityProviderStrategy: recipe.strategy ?? [],
    ...(homeOf(recipe) === 'FARGATE' && { platformVersion: 'LATEST' }),
    ...(!recipe.isDaemon && {
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['a', 'b', 'c'].map(zone => `subnet-0${zone}1b2c3d4e5f60718`),
          securityGroups: ['sg-0a1b2c3d4e5f60718'],
          assignPublicIp: recipe.missingSettings?.isPublic ? 'ENABLED' : 'DISABLED',
        },
      },
    }),
    loadBalancers: recipe.isBalanced
      ? [
          {
            targetGroupArn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${recipe.name}/6d0ecf831eec9f09`,
            containerName: containerOf(recipe),
            containerPort: 8080,
            ...(recipe.shiftsTraffic && { advancedConfiguration: shiftOf(place, recipe.name) }),
          },
        ]
      : [],
    serviceRegistries: [],
    ...(recipe.isInLattice && {
      lattice: [
        {
          roleArn: `arn:aws:iam::${account}:role/ecs-infrastructure`,
          targetGroupArn: `arn:aws:vpc-lattice:${region}:${account}:targetgroup/tg-0a1b2c3d4e5f60718`,
          portName: 'http',
        },
      ],
    }),
    ...(recipe.isClient && {
      serviceConnect: { enabled: true, namespace: `arn:aws:servicediscovery:${region}:${account}:namespace/internal` },
    }),
    ...(recipe.isConnected && {
      serviceConnect: {
        enabled: true,
        namespace: `arn:aws:servicediscovery:${region}:${account}:namespace/internal`,
        services: [
          { portName: 'http', discoveryName: recipe.name, clientAliases: [{ port: 8080, dnsName: recipe.name }] },
        ],
      },
    }),
  }
}

export const addService = (fleet: Fleet, cluster: Cluster, recipe: Recipe, more: Partial<NewService> = {}): Service => {
  const spec = specOf(fleet, cluster, recipe)
  const service = fleet.createService(cluster, {
    name: recipe.name,
    createdBy: deployer(cluster.account),
    desired: recipe.isDaemon ? 0 : recipe.desired,
    spec,
    schedulingStrategy: recipe.isDaemon ? 'DAEMON' : 'REPLICA',
    ...(spec.launchType && { originalLaunchType: spec.launchType }),
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: true, rollback: true, resetOnHealthyTask: true },
      maximumPercent: recipe.isDaemon ? 100 : 200,
      minimumHealthyPercent: recipe.isDaemon ? 0 : 100,
      strategy: 'ROLLING',
      bakeTimeInMinutes: 0,
    },
    settings: {
      enableExecuteCommand: recipe.isExecutable ?? false,
      enableECSManagedTags: true,
      propagateTags: 'NONE',
      availabilityZoneRebalancing: recipe.isDaemon ? 'DISABLED' : 'ENABLED',
      ...(recipe.isBalanced && { healthCheckGracePeriodSeconds: 60 }),
    },
    tags: { team: recipe.name.split('-')[0] ?? recipe.name },
    isSettled: true,
    age: 40,
    ...more,
  })
  if (recipe.exec?.isAgentStopped)
    for (const task of service.tasks) task.execAgent = { lastStatus: 'STOPPED', reason: 'The agent has exited' }
  return service
}

export const fargate = {
  capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
  settings: [{ name: 'containerInsights' as const, value: 'enhanced' }],
}

/** Adds the unhealthy service. Half of its tasks do not start, because a dependency is missing. */
const addUnwell = (fleet: Fleet, cluster: Cluster) => {
  const recipe = { name: 'recommendations', desired: 2, older: 1 }
  const service = addService(fleet, cluster, recipe, {
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: false, rollback: false },
      maximumPercent: 200,
      minimumHealthyPercent: 50,
      strategy: 'ROLLING',
    },
  })
  fleet.knobs.failService(service.arn, 'oom')
  service.desired = 4
  fleet.touch(service)
}

/** Adds the Express Mode service. Amazon ECS manages its load balancer, scaling and deployments. */
const addExpress = (fleet: Fleet, cluster: Cluster) =>
  addService(
    fleet,
    cluster,
    {
      name: 'storefront',
      desired: 2,
      isBalanced: true,
      isExpress: true,
      strategy: [{ capacityProvider: 'FARGATE', base: 1, weight: 1 }],
    },
    {
      express: {
        infrastructureRoleArn: `arn:aws:iam::${cluster.account}:role/ecs-infrastructure`,
        healthCheckPath: '/health',
        scalingTarget: {
          minTaskCount: 2,
          maxTaskCount: 6,
          autoScalingMetric: 'AVERAGE_CPU',
          autoScalingTargetValue: 60,
        },
        updatedAt: fleet.clock.now(),
      },
    },
  )

/** Which services run in an account and region, and their size relative to the first region of prod. */
type Extent = {
  readonly only?: readonly string[]
  readonly factor?: number
  readonly changed?: Readonly<Record<string, Partial<Recipe>>>
  /** The KMS key of the exec sessions in the cluster `web` of this place. */
  readonly kmsKeyId?: string
}

/** The settings of a cluster whose exec sessions are encrypted and logged. */
const guarded = (kmsKeyId: string) => ({
  executeCommandConfiguration: {
    kmsKeyId,
    logging: 'OVERRIDE' as const,
    logConfiguration: {
      cloudWatchLogGroupName: '/ecs/exec',
      cloudWatchEncryptionEnabled: false,
      s3BucketName: 'quarterdeck-staging-exec',
      s3EncryptionEnabled: true,
      s3KeyPrefix: 'sessions/web',
    },
  },
})

const seedRegion = (fleet: Fleet, place: Place, { only, factor = 1, changed, kmsKeyId }: Extent = {}) => {
  const chosen = (cluster: string, recipes: readonly Recipe[]) =>
    recipes
      .filter(({ name }) => only === undefined || only.includes(name))
      .map(recipe => ({ ...recipe, desired: Math.max(1, Math.round(recipe.desired * factor)) }))
      .map(recipe => ({ ...recipe, ...changed?.[`${cluster}/${recipe.name}`] }))
  const web = fleet.createCluster(place, 'web', {
    ...fargate,
    ...(kmsKeyId !== undefined && { configuration: guarded(kmsKeyId) }),
  })
  const jobs = fleet.createCluster(place, 'jobs', {
    ...fargate,
    instances: 3,
    configuration: { executeCommandConfiguration: { logging: 'NONE' } },
  })
  for (const recipe of chosen('web', webServices)) addService(fleet, web, recipe)
  for (const recipe of chosen('jobs', jobServices)) addService(fleet, jobs, recipe)
  return { web, jobs }
}

/**
 * Seeds the sandbox. The name `orders-api` is unique. The names `checkout`, `search` and `reports` exist in several
 * regions or accounts, as in real accounts.
 */
export const seedWorld = (fleet: Fleet): void => {
  const hub = { account: prod.account, region: 'us-east-1' }
  const { web, jobs } = seedRegion(fleet, hub)
  addUnwell(fleet, jobs)
  seedRegion(
    fleet,
    { account: prod.account, region: 'eu-west-1' },
    { only: ['checkout', 'search'], factor: 0.5, changed: executable['prod.eu-west-1'] ?? {} },
  )
  seedRegion(
    fleet,
    { account: staging.account, region: 'us-east-1' },
    {
      only: ['checkout', 'catalog-api', 'reports'],
      factor: 0.25,
      changed: executable['staging.us-east-1'] ?? {},
      kmsKeyId: EXEC_KEY,
    },
  )
  seedRegion(fleet, { account: staging.account, region: 'eu-west-1' }, { only: [] })
  addExpress(fleet, web)
  seedManagers(fleet, hub)
  // This does not change the times and ids of the other services.
  fleet.aside(() => addCapacity(fleet, { account: staging.account, region: 'us-east-1' }))
}

/** Adds the cluster `capacity`, with services for each kind of capacity. */
const addCapacity = (fleet: Fleet, place: Place) => {
  const cluster = fleet.createCluster(place, 'capacity', { ...fargate, instances: 2 })
  addProviders(fleet, cluster)
  for (const recipe of capacityServices) addService(fleet, cluster, recipe)
}

const nouns = [
  'billing',
  'cart',
  'email',
  'fraud',
  'geo',
  'identity',
  'ledger',
  'media',
  'pricing',
  'quotes',
  'shipping',
  'tax',
]
const kinds = ['api', 'worker', 'gateway', 'sync', 'indexer', 'cron']

/** Adds `count` services of two tasks each, in clusters of at most a thousand services, in us-east-1 of prod. */
export const generateServices = (fleet: Fleet, count: number): void => {
  const place = { account: prod.account, region: 'us-east-1' }
  const vcpus = fleet.quotas.vcpus(place, 'on-demand')
  // The quota is sufficient for half a vCPU per task, and for a simultaneous deployment of every service.
  fleet.quotas.setVcpus(place, 'on-demand', Math.max(vcpus, count * 2))
  for (let n = 0; n < count; n += 1) {
    const clusterName = `fleet-${Math.floor(n / 1_000) + 1}`
    const cluster = fleet.site(place).clusters.get(clusterName) ?? fleet.createCluster(place, clusterName, fargate)
    const noun = nouns[n % nouns.length]
    const kind = kinds[Math.floor(n / nouns.length) % kinds.length]
    addService(fleet, cluster, { name: `${noun}-${kind}-${(n + 1).toString().padStart(4, '0')}`, desired: 2 })
  }
}
