// Stops as public reports and AWS's documentation quote them. Where no report quotes the whole reason as ECS gives it, the
// source says "adapted": its error is real, but the words around it are put together here. Accounts, services, images and ids are replaced by generic
// ones; what the report leaves out (the stop code, names of containers) is added as ECS sets it.

import type { StopKind } from '../../../src/features/status/stop-rules.ts'
import type { StoppedTask } from '../../../src/model/ecs.ts'

export type Report = {
  /** Where the words are from. */
  readonly source: string
  readonly task: Pick<StoppedTask, 'stopCode' | 'reason'> & Partial<StoppedTask>
  readonly kind: StopKind
  /** A part of the text. */
  readonly says: string
  /** A part of the next step. */
  readonly next: string
  readonly container?: string
}

const GITHUB = 'https://github.com/'
const GUIDE = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/'
const ECR = '111122223333.dkr.ecr.us-east-1.amazonaws.com'

/** A task that failed to start. */
const start = (reason: string): Report['task'] => ({
  stopCode: 'TaskFailedToStart',
  reason,
  containers: [{ name: 'app', reason }],
})
/** A task whose container has the reason, as on EC2. */
const within = (reason: string, exitCode?: number): Report['task'] => ({
  stopCode: 'TaskFailedToStart',
  reason: 'Task failed to start',
  containers: [{ name: 'app', reason, ...(exitCode !== undefined && { exitCode }) }],
})
const exited = (...containers: StoppedTask['containers']): Report['task'] => ({
  stopCode: 'EssentialContainerExited',
  reason: 'Essential container in task exited',
  containers,
})
const scheduler = (reason: string): Report['task'] => ({
  stopCode: 'ServiceSchedulerInitiated',
  reason,
  containers: [{ name: 'app', exitCode: 143 }],
})

const PULLS: readonly Report[] = [
  {
    source: 'https://courses.apollos.edu/blog/fix-cannotpullcontainererror-in-aws-fargate',
    task: start(
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${ECR}/api:v9@sha256:0a1b2c3d: ${ECR}/api:v9@sha256:0a1b2c3d: not found`,
    ),
    kind: 'image',
    says: `Image not found: the tag or the repository is wrong, or the image was deleted. ${ECR}/api:v9`,
    next: '/ecs deployments web',
    container: 'app',
  },
  {
    source: `${GUIDE}task_cannot_pull_image.html`,
    task: start(`CannotPullContainerError: API error (404): repository ${ECR}/web/api not found`),
    kind: 'image',
    says: `${ECR}/web/api`,
    next: 'Push the image',
  },
  {
    source: `${GITHUB}aws/amazon-ecs-agent/issues/422`,
    task: within('CannotPullContainerError: Tag latest not found in repository docker.io/library/web'),
    kind: 'image',
    says: 'Image not found',
    next: 'Push the image',
  },
  {
    source: `${GITHUB}prakhar1989/docker-curriculum/issues/218`,
    task: within('CannotPullContainerError: Error response from daemon: manifest for web:latest not found'),
    kind: 'image',
    says: 'or the image was deleted. web:latest',
    next: 'Push the image',
  },
  {
    source: `${GITHUB}RafalWilinski/deploy-with-serverless/issues/11`,
    task: exited({
      name: 'app',
      reason: 'CannotPullContainerError: API error (404): repository api not found: does not exist or no pull access',
    }),
    kind: 'pull-rights',
    says: 'the repository does not exist, or it needs a login',
    next: 'Check the name of the repository',
    container: 'app',
  },
  {
    source: `${GITHUB}aws/amazon-ecs-agent/issues/2343`,
    task: within(
      "CannotPullContainerError: Error response from daemon: pull access denied for web/api, repository does not exist or may require 'docker login'",
    ),
    kind: 'pull-rights',
    says: 'the repository does not exist, or it needs a login',
    next: 'repositoryCredentials',
  },
  {
    source: `${GITHUB}everything2/everything2/issues/2562, adapted`,
    task: within(
      `CannotPullContainerError: Error response from daemon: pull access denied for ${ECR}/web/api, repository does not exist or may require 'docker login': denied: User: arn:aws:sts::111122223333:assumed-role/web/0a1b2c3d is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-east-1:111122223333:repository/web/api because no identity-based policy allows the ecr:BatchGetImage action`,
    ),
    kind: 'pull-rights',
    says: 'the execution role or the registry’s policy does not allow it',
    next: 'Allow the execution role',
  },
  {
    source: `${GITHUB}aws/aws-toolkit-jetbrains/issues/2318`,
    task: within(
      `CannotPullContainerError: Error response from daemon: pull access denied for ${ECR}/platform-api, repository does not exist or may require 'docker login': denied`,
    ),
    kind: 'pull-rights',
    says: 'Image pull denied',
    next: 'Check the name of the repository',
  },
  {
    source: `${GITHUB}aws/aws-cdk/issues/29876`,
    task: start(
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${ECR}/api:latest: pulling from host ${ECR} failed with status code [manifests latest]: 403 Forbidden`,
    ),
    kind: 'pull-rights',
    says: 'Image pull denied',
    next: 'Allow the execution role',
  },
  {
    source: `${GITHUB}aws-samples/bedrock-access-gateway/issues/114`,
    task: start(
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${ECR}/api:latest@sha256:0a1b: unexpected status from HEAD request to https://${ECR}/v2/api/blobs/sha256:0a1b: 403 Forbidden`,
    ),
    kind: 'pull-rights',
    says: 'Image pull denied',
    next: 'Allow the execution role',
  },
  {
    source: `${GITHUB}OvertureMaps/overture-tiles/pull/20`,
    task: start(
      'CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/0a1b is not authorized to perform: ecr:GetAuthorizationToken on resource: *',
    ),
    kind: 'pull-rights',
    says: 'Image pull denied',
    next: 'Allow the execution role',
  },
  {
    source: `${GUIDE}task_cannot_pull_image.html`,
    task: start(
      'CannotPullContainerError: The task can’t pull the image. Check that the role has the permissions to pull images from the registry.',
    ),
    kind: 'pull-rights',
    says: 'Image pull denied',
    next: 'Allow the execution role',
  },
  {
    source: `${GITHUB}docker/for-mac/issues/3381, adapted`,
    task: within(
      'CannotPullContainerError: Error response from daemon: Get https://registry.example.org:10004/v2/web/manifests/2.2.22: no basic auth credentials',
    ),
    kind: 'pull-rights',
    says: 'it needs a login',
    next: 'repositoryCredentials',
  },
  {
    source: `${GITHUB}apptension/saas-boilerplate/issues/204, adapted`,
    task: start(
      'CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/web/api/manifests/sha256:86e3: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit',
    ),
    kind: 'rate-limit',
    says: 'rate limit',
    next: 'Pull through an ECR cache',
  },
  {
    source: `${GITHUB}aws/aws-xray-daemon/issues/146`,
    task: start(
      'CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReaderSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/web/api/manifests/sha256:2d96...',
    ),
    kind: 'image',
    says: 'the registry refused to send it',
    next: 'read the answer of the registry',
  },
  {
    source: 'https://devopsaitoolkit.com/blog/aws-error-cannot-pull-container-error-ecs/',
    task: start(
      `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "${ECR}/api:v42": failed to do request: Head "https://${ECR}/v2/api/manifests/v42": dial tcp 10.0.3.17:443: i/o timeout`,
    ),
    kind: 'network',
    says: 'the registry is unreachable',
    next: 'Check the routes',
  },
  {
    source: `${GITHUB}JetBrains/teamcity-amazon-ecs-plugin/issues/17`,
    task: within(
      `CannotPullContainerError: API error (500): Get https://${ECR}/v2/: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`,
    ),
    kind: 'network',
    says: 'the registry is unreachable',
    next: 'Check the routes',
  },
  {
    source: 'A public repository on GitHub: a host with a typing error',
    task: within(
      `CannotPullContainerError: Error response from daemon: Get "https://${ECR}mmmm/v2/": dial tcp: lookup ${ECR}mmmm on 10.0.0.2:53: no such host`,
    ),
    kind: 'network',
    says: 'the registry is unreachable',
    next: 'Check the routes',
  },
  {
    source: `${GUIDE}task_cannot_pull_image.html`,
    task: start(
      `CannotPullContainerError: The task cannot pull ‘web/api:v1’ from the Amazon ECR repository ‘${ECR}/web/api’. There is a connection issue between the task and Amazon ECR. Check your task network configuration.`,
    ),
    kind: 'network',
    says: 'the registry is unreachable',
    next: 'Check the routes',
  },
  {
    source: `${GUIDE}task_cannot_pull_image.html`,
    task: start(
      'CannotPullContainerError: pull command failed: panic: runtime error: invalid memory address or nil pointer dereference',
    ),
    kind: 'network',
    says: 'the registry is unreachable',
    next: 'Check the routes',
  },
  {
    source: `${GUIDE}task_cannot_pull_image.html`,
    task: within('CannotPullContainerError: context canceled'),
    kind: 'network',
    says: 'the registry is unreachable',
    next: 'Check the routes',
  },
  {
    source: 'https://zenn.dev/teba_eleven/articles/e54f67b897ebea',
    task: start(
      "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
    ),
    kind: 'architecture',
    says: 'another CPU architecture',
    next: 'Build the image for the CPU architecture',
  },
  {
    source: 'https://vrnithinkumar.github.io/2025/02/17/aws-ecs-docker-pull-error',
    task: start(
      "CannotPullContainerError: ref pull has been retried 1 time(s): number of layers and diffIDs don't match: 3 != 15",
    ),
    kind: 'image',
    says: 'The image cannot be read',
    next: 'Build the image again',
  },
  {
    source: 'https://subaud.io/blog/solving-docker-buildkit-ecs-compatibility-issues',
    task: start(
      `CannotPullContainerError: failed to resolve reference "${ECR}/api:v1": pulling from host ${ECR} failed with status code [manifests v1]: 400 Bad Request`,
    ),
    kind: 'image',
    says: 'The image cannot be read',
    next: 'without attestations',
  },
  {
    source: `${GITHUB}coiled/feedback/issues/66`,
    task: within(
      'CannotPullContainerError: failed to register layer: Error processing tar file(exit status 1): write /usr/local/lib/libweb.so.10.2: no space left on device',
    ),
    kind: 'disk',
    says: 'does not fit on the task’s disk',
    next: 'Raise the ephemeral storage',
  },
  {
    source: `${GITHUB}aws/containers-roadmap/issues/1598`,
    task: start(
      'CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract layer sha256:20ba0923: hcsshim::ImportLayer - failed failed in Win32: There is not enough space on the disk. (0x70)...',
    ),
    kind: 'disk',
    says: 'does not fit on the task’s disk',
    next: 'Raise the ephemeral storage',
  },
  {
    source: `${GITHUB}hackoregon/civic-devops/issues/132`,
    task: within(
      'CannotPullContainerError: failed to register layer: devmapper: Thin Pool has 4446 free data blocks which is less than minimum required 4454 free data blocks. Create more free space in thin pool or use dm.min_free_space option to change behavior',
    ),
    kind: 'disk',
    says: 'does not fit',
    next: 'free space on the instance',
  },
]

const RESOURCES: readonly Report[] = [
  {
    source: `${GITHUB}doctorray117/minecraft-ondemand/issues/74`,
    task: start(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post "https://api.ecr.us-east-2.amazonaws.com/": dial tcp 10.1.2.3:443: i/o timeout. Please check your task network configuration.',
    ),
    kind: 'network',
    says: 'ECR is unreachable',
    next: 'Check the routes',
  },
  {
    source: 'A public repository on GitHub: a job without a route to ECR',
    task: start(
      'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration. RequestError: send request failed caused by: Post "https://api.ecr.us-east-1.amazonaws.com/": dial tcp 44.213.79.86:443: i/o timeout',
    ),
    kind: 'network',
    says: 'ECR is unreachable',
    next: 'Check the routes',
  },
  {
    source:
      'https://errornotes.dev/vi/errors/aws/fix-aws-ecs-resourceinitializationerror-unable-to-retrieve-ecr-registry-auth, adapted',
    task: start(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/0a1b is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the ecr:GetAuthorizationToken action',
    ),
    kind: 'pull-rights',
    says: 'the execution role may not log in to ECR',
    next: 'ecr:GetAuthorizationToken',
  },
  {
    source: `${GITHUB}Releem/releem-agent/issues/195`,
    task: start(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret arn:aws:secretsmanager:us-west-2:111122223333:secret:web-0a1b2c from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded. Please check your task network configuration.',
    ),
    kind: 'network',
    says: 'Secrets Manager or SSM is unreachable',
    next: 'Check the routes',
  },
  {
    source: `${GITHUB}umotif-public/terraform-aws-ecs-fargate/issues/50`,
    task: start(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 5 time(s): RequestCanceled: request context canceled caused by: context deadli...',
    ),
    kind: 'network',
    says: 'Secrets Manager or SSM is unreachable',
    next: 'Check the routes',
  },
  {
    source: `${GITHUB}aws-samples/dify-self-hosted-on-aws/pull/35`,
    task: start(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:ap-southeast-1:111122223333:secret:web-secret from secrets manager: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/0a1b is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:ap-southeast-1:111122223333:secret:web-secret because no identity-based policy allows the secretsmanager:GetSecretValue action status code: 400,',
    ),
    kind: 'secret',
    says: 'the execution role lacks permission',
    next: 'Allow the execution role to read the secret',
  },
  {
    source: `${GITHUB}aws/copilot-cli/issues/3104`,
    task: start(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: User: ....',
    ),
    kind: 'secret',
    says: 'the execution role lacks permission',
    next: 'Allow the execution role to read the secret',
  },
  {
    source: 'A public repository on GitHub: New Relic’s guide, integration on ECS',
    task: start(
      'Fetching secret data from AWS Secrets Manager in region us-east-1: secret arn:aws:secretsmanager:us-east-1:111122223333:secret:web-fail: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/0a1b is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:web-fail',
    ),
    kind: 'secret',
    says: 'the execution role lacks permission',
    next: 'Allow the execution role to read the secret',
  },
  {
    source: 'A public repository on GitHub: DEFRA/cdp-portal-backend, a missing key',
    task: start(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key timeout',
    ),
    kind: 'secret',
    says: 'lacks the JSON key',
    next: 'Add the key',
  },
  {
    source: `${GITHUB}rileydakota/valheim-ecs-fargate-cdk/issues/9`,
    task: start(
      "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): invalid character '\\'' looking for beginning of value",
    ),
    kind: 'secret',
    says: 'no valid JSON',
    next: 'Store the secret as a JSON object',
  },
  {
    source: 'A public repository on GitHub: a secret that is no JSON',
    task: start(
      "ResourceInitializationError: unable to pull secrets or registry auth: ... invalid character 'p' in literal true (expecting 'r').",
    ),
    kind: 'secret',
    says: 'no valid JSON',
    next: 'Store the secret as a JSON object',
  },
  {
    source: 'A public repository on GitHub: a parameter that nobody had created',
    task: start(
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid ssm parameters: /web/api/key',
    ),
    kind: 'secret',
    says: 'does not exist',
    next: 'Correct the secret',
  },
  {
    source: `${GITHUB}aws/amazon-ecs-agent/pull/4181, adapted`,
    task: within(
      "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secret from asm: ResourceNotFoundException: The task can't retrieve the secret with ARN 'arn:aws:secretsmanager:us-east-1:111122223333:secret:web' from AWS Secrets Manager. Check whether the secret exists in the specified Region.",
    ),
    kind: 'secret',
    says: 'does not exist',
    next: 'Correct the secret',
  },
  {
    source: `${GITHUB}nikovirtala/cdk-github-actions-runner/pull/3`,
    task: start('ResourceInitializationError: unable to pull secrets or registry auth'),
    kind: 'secret',
    says: 'Secrets or registry credentials could not be read',
    next: 'Check the routes',
  },
  {
    source: 'A public repository on GitHub: r/aws, a task without a route',
    task: start(
      'ResourceInitializationError: unable to pull secrets or registry auth: pull command failed: : signal: killed',
    ),
    kind: 'network',
    says: 'is unreachable from the task',
    next: 'Check the routes',
  },
  {
    source: `${GITHUB}doctorray117/minecraft-ondemand/issues/12`,
    task: start(
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/web/0a1b...',
    ),
    kind: 'logs',
    says: 'the execution role lacks permission',
    next: 'Allow the execution role to create log streams',
  },
  {
    source: `${GITHUB}pulumi/pulumi-awsx/issues/1279`,
    task: start(
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 7 times: failed to create Cloudwatch log stream: RequestError: send request failed caused by: Post "https://logs.undefined.amazonaws.com/": dial tcp: lookup logs.undefined.amazonaws.com on 172.31.0.2:53: no such host : exit status 1',
    ),
    kind: 'network',
    says: 'CloudWatch Logs is unreachable',
    next: 'awslogs-region',
  },
  {
    source: `${GITHUB}civiform/civiform/issues/7648`,
    task: start(
      'ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition. There is a connection issue between the task and Amazon CloudWatch. Check your network configuration. : signal: killed',
    ),
    kind: 'network',
    says: 'CloudWatch Logs is unreachable',
    next: 'VPC endpoint to CloudWatch Logs',
  },
  {
    source: `${GITHUB}TechToSpeech/terraform-aws-serverless-static-wordpress/issues/74`,
    task: start(
      "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: MissingEndpoint: 'Endpoint' configuration is required for this service",
    ),
    kind: 'logs',
    says: 'log configuration is incomplete or wrong',
    next: 'log configuration',
  },
  {
    source: `${GITHUB}Rayraegah/terraform-aws-hasura/issues/25`,
    task: within(
      'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. status code: 400',
    ),
    kind: 'logs',
    says: 'log destination does not exist',
    next: 'Create the log group',
    container: 'app',
  },
  {
    source: `${GITHUB}komoju/barcelona/issues/582`,
    task: within(
      'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial tcp 127.0.0.1:514: connect: connection refused',
    ),
    kind: 'logs',
    says: 'log destination does not answer',
    next: 'Start the log router',
  },
  {
    source: `${GITHUB}aws/amazon-ecs-agent/issues/2792`,
    task: within(
      'CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial unix /var/run/fluent.sock: connect: no such file or directory',
    ),
    kind: 'logs',
    says: 'log destination does not answer',
    next: 'Start the log router',
  },
  {
    source: `${GITHUB}aws-samples/amazon-ecs-firelens-examples/issues/29`,
    task: start(
      'CannotStartContainerError: ResourceInitializationError: failed to initialize logging driver: failed to get fluentd log driver arguments: logging driver specified of container app, but no log configuration specified',
    ),
    kind: 'logs',
    says: 'log configuration is incomplete or wrong',
    next: 'log configuration',
  },
  {
    source: `${GITHUB}aws/amazon-ecs-cli/issues/1083`,
    task: start(
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "fs-00000000.efs.us-east-1.amazonaws.com" - check that your file system ID is correct.',
    ),
    kind: 'volume',
    says: 'A file system could not be mounted.',
    next: 'mount targets',
  },
  {
    source: `${GITHUB}docker-archive/compose-cli/issues/1490`,
    task: start(
      'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: mount.nfs4: Connection reset by peer : unsuccessful EFS utils command execution; code: 32',
    ),
    kind: 'volume',
    says: 'A file system could not be mounted.',
    next: 'port 2049',
  },
  {
    source: `${GITHUB}acp-io/terraform-grafana/issues/4`,
    task: start(
      "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: b'mount.nfs4: mounting fs-0a1b.efs.us-east-1.amazonaws.com:/web failed, reason given by server: No such file or directory' : unsuccessful EFS utils command execution; code: 32",
    ),
    kind: 'volume',
    says: 'its root directory does not exist',
    next: 'Create the directory',
  },
  {
    source: `${GITHUB}aws/aws-cli/issues/6470`,
    task: start(
      'ResourceInitializationError: failed to download env files: file download command: non empty error stream: RequestCanceled: request context canceled caused by: context deadline exceeded',
    ),
    kind: 'environment-file',
    says: 'An environment file could not be downloaded',
    next: 'the route to S3',
  },
  {
    source: `${GUIDE}cannot-create-volume.html, adapted`,
    task: start('CannotCreateVolumeError: failed to create EBS volume'),
    kind: 'volume',
    says: 'A volume could not be created',
    next: 'infrastructure role',
  },
]

const STARTS: readonly Report[] = [
  {
    source: `${GITHUB}jenkinsci/amazon-ecs-plugin/issues/258`,
    task: start(
      'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim: OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "-url": executable file not found in',
    ),
    kind: 'command',
    says: 'The command of app cannot be run',
    next: 'entry point',
    container: 'app',
  },
  {
    source: `${GITHUB}aws/amazon-ecs-agent/issues/2954`,
    task: start(
      'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: OCI runtime create failed: container_linux.go:**370**: starting container process caused: exec: "/opt/web/bin/run.sh": stat /opt/web/bin/run.sh...no such file or direct...',
    ),
    kind: 'start',
    says: 'could not be started',
    next: 'entry point',
  },
  {
    source: `${GITHUB}aws/amazon-ecs-agent/issues/3021`,
    task: within(
      'CannotStartContainerError: Error response from daemon: OCI runtime create failed: container_linux.go:380: starting container process caused: container init was OOM-killed (memory limit too low?): unknown',
    ),
    kind: 'memory',
    says: 'app was killed while it started',
    next: 'Raise the memory limit',
  },
  {
    source: 'https://fixdevs.com/blog/aws-ecs-task-failed-to-start',
    task: within('CannotStartContainerError: bind for 0.0.0.0:8080 failed: port is already allocated'),
    kind: 'port',
    says: 'Its host port is in use',
    next: 'dynamic host port',
  },
  {
    source: 'A public repository on GitHub: ECS developer guide, inference task definitions',
    task: within(
      'CannotStartContainerError: Error response from daemon: error gathering device information while adding custom device "/dev/dri/renderD130": no such file or directory',
    ),
    kind: 'host',
    says: 'lacks a device or driver',
    next: 'placement constraints',
  },
  {
    source: `${GITHUB}cloudstax/firecamp/issues/46`,
    task: within(
      "CannotStartContainerError: API error (500): error while mounting volume '/var/lib/docker/plugins/0a1b/rootfs': VolumeDriver.Mount: Mount failed, get service member error Timeout",
    ),
    kind: 'volume',
    says: 'could not be mounted',
    next: 'mount targets',
  },
  {
    source: 'A public repository on GitHub: notes about dependsOn',
    task: start('CannotStartContainerError: dependent container migrate exited with non-zero status'),
    kind: 'start',
    says: 'A container that it depends on did not start or finish',
    next: '/ecs logs web --previous',
  },
  {
    source: `${GUIDE}CannotCreateContainerError.html`,
    task: within(
      'CannotCreateContainerError: API error (500): devmapper: Thin Pool has 4350 free data blocks which is less than minimum required 4454 free data blocks. Create more free space in thin pool or use dm.min_free_space option to change behavior',
    ),
    kind: 'disk',
    says: 'does not fit',
    next: 'free space on the instance',
  },
  {
    source: `${GITHUB}aws-actions/amazon-ecs-deploy-task-definition/issues/232`,
    task: within('DockerTimeoutError: Could not transition to started; timed out after waiting 8m0s'),
    kind: 'host',
    says: 'The container runtime did not answer in time',
    next: 'replace the instance',
  },
  {
    source: 'https://medium.com/vrt-digital-studio/troubleshooting-ecs-task-failed-to-start-6b5719b11ded, adapted',
    task: {
      stopCode: 'TaskFailedToStart',
      reason: 'Task failed to start',
      containers: [{ name: 'app', exitCode: 137 }, { name: 'envoy' }],
    },
    kind: 'start',
    says: 'may have waited too long for another',
    next: 'startTimeout',
  },
  {
    source: `${GITHUB}aws/amazon-ecs-agent/issues/4825`,
    task: start('Timeout waiting for network interface provisioning to complete.'),
    kind: 'network',
    says: 'Its network interface could not be created',
    next: 'Try again',
  },
  {
    source: `${GUIDE}failed-to-start-error.html, adapted`,
    task: start(
      "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-0a1b': InsufficientFreeAddressesInSubnet",
    ),
    kind: 'network',
    says: 'no free IP address',
    next: 'larger subnet',
  },
  {
    source: 'A public repository on GitHub: a tag policy that denies the interface’s tags',
    task: start('Unexpected EC2 error while attempting to tag the network interface: TagPolicyViolation'),
    kind: 'network',
    says: 'Its network interface could not be created',
    next: 'tag policies',
  },
  {
    source: 'A public repository on GitHub: dagster-io/dagster, transient stop reasons',
    task: start('Timeout waiting for EphemeralStorage provisioning to complete.'),
    kind: 'volume',
    says: 'AWS did not provide its disk in time',
    next: 'Try again',
  },
  {
    source: `${GITHUB}sil-org/ecs-deploy/issues/277`,
    task: start('Capacity is unavailable at this time. Please try again later or in a different availability zone'),
    kind: 'placement',
    says: 'AWS had no capacity for it',
    next: 'other zones',
  },
  {
    source: 'A public repository on GitHub: PrefectHQ/prefect, a task without a GPU',
    task: start('TaskFailedToStart: RESOURCE:GPU'),
    kind: 'placement',
    says: 'No instance of the cluster has room',
    next: '/ecs events web',
  },
  {
    source: `${GUIDE}service-event-messages-list.html`,
    task: start('You’ve reached the limit on the number of vCPUs you can run concurrently'),
    kind: 'placement',
    says: 'vCPU quota',
    next: 'Service Quotas',
  },
  {
    source: `${GITHUB}hashicorp/terraform-provider-aws/issues/38538, adapted`,
    task: start(
      "ECS was unable to assume the configured ECS Infrastructure Role 'arn:aws:iam::111122223333:role/web'. Please verify that the role being passed has the proper trust relationship with Amazon ECS.",
    ),
    kind: 'role',
    says: 'could not assume a role',
    next: 'assume the role',
  },
  {
    source: `${GUIDE}failed-to-start-error.html`,
    task: start('AGENT'),
    kind: 'host',
    says: 'The ECS agent on its instance is disconnected',
    next: 'Restart the agent',
  },
]

const ENDS: readonly Report[] = [
  {
    source: `${GITHUB}aws/amazon-ecs-agent/issues/1187`,
    task: exited({ name: 'app', exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }),
    kind: 'memory',
    says: 'Out of memory: app reached its memory limit',
    next: '/ecs status web',
    container: 'app',
  },
  {
    source: `${GITHUB}aws/amazon-ecs-agent/issues/2467`,
    task: exited({ name: 'app', exitCode: 0, reason: 'OutOfMemoryError: Container killed due to memory usage' }),
    kind: 'memory',
    says: 'Out of memory: app',
    next: 'limit in the task definition',
    container: 'app',
  },
  {
    source: `${GITHUB}hackoregon/civic-devops/issues/149`,
    task: exited({ name: 'app', exitCode: 137 }),
    kind: 'exit',
    says: 'app exited with 137: killed (SIGKILL), usually out of memory.',
    next: '/ecs status web',
    container: 'app',
  },
  {
    source: `${GITHUB}aws/amazon-ecs-agent/issues/1236`,
    task: exited({ name: 'app', exitCode: 0 }),
    kind: 'exit',
    says: 'app exited with 0: finished by itself.',
    next: '/ecs logs web --previous',
    container: 'app',
  },
  {
    source: 'https://repost.aws/knowledge-center/ecs-task-stopped, common exit codes, adapted',
    task: exited({ name: 'app', exitCode: 139 }),
    kind: 'exit',
    says: 'segmentation fault',
    next: '/ecs logs web --previous',
  },
  {
    source: `${GITHUB}aws-samples/bedrock-chat/pull/501, with the agent that could not be pulled`,
    task: exited(
      {
        name: 'aws-guardduty-agent-0a1b',
        reason: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${ECR}/aws-guardduty-agent-fargate:v1: 403 Forbidden`,
      },
      { name: 'app', exitCode: 1 },
    ),
    kind: 'exit',
    says: 'app exited with 1: application error.',
    next: '/ecs logs web --previous',
    container: 'app',
  },
  {
    source: `${GITHUB}boltops-tools/ufo/pull/171`,
    task: scheduler(
      'Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-west-2:111122223333:targetgroup/web/555a)',
    ),
    kind: 'load-balancer',
    says: 'The load balancer’s health check failed',
    next: 'path and port',
  },
  {
    source: `${GITHUB}aws/containers-roadmap/issues/1553`,
    task: scheduler('Task failed container health checks'),
    kind: 'health',
    says: 'Its container health check failed',
    next: 'start period',
  },
  {
    source: 'A public repository on GitHub: a task that the scheduler stopped',
    task: { ...scheduler('Scaling activity initiated by (deployment ecs-svc/1234)'), deployment: 'ecs-svc/1234' },
    kind: 'scaled-in',
    says: 'A scale-in or a deployment no longer needed it.',
    next: 'Nothing to do',
  },
  {
    source: 'A public repository on GitHub: the same text without brackets',
    task: { ...scheduler('Scaling activity initiated by deployment ecs-svc/9'), deployment: 'ecs-svc/8' },
    kind: 'deployed',
    says: 'A newer deployment replaced it.',
    next: 'Nothing to do',
  },
  {
    source: 'A public repository on GitHub: a host that AWS maintains',
    task: scheduler('Service web: ECS is performing maintenance on the underlying infrastructure hosting the task'),
    kind: 'host',
    says: 'Its host was shut down or retired',
    next: 'Nothing to do if a new task runs',
  },
  {
    source: 'https://docs.aws.amazon.com/batch/latest/userguide/ecs-managed-instances-instance-draining.html',
    task: scheduler('Task stopped during instance draining'),
    kind: 'host',
    says: 'Its host was shut down or retired',
    next: 'Nothing to do',
  },
  {
    source: 'A public repository on GitHub: a task on an instance that was terminated',
    task: { stopCode: 'TerminationNotice', reason: 'Host EC2 (instance i-03dba81187d65ce7e) terminated.' },
    kind: 'host',
    says: 'Its host was shut down or retired',
    next: 'Nothing to do',
  },
  {
    source: `${GITHUB}aws/containers-roadmap/issues/797`,
    task: { stopCode: 'TerminationNotice', reason: 'Your Spot Task was interrupted.' },
    kind: 'spot',
    says: 'Spot interruption',
    next: 'capacity provider strategy',
  },
  {
    source: `${GUIDE}ecs_task_events.html`,
    task: { stopCode: 'SpotInterruption', reason: 'Your Spot Task was interrupted.', containers: [] },
    kind: 'spot',
    says: 'Spot interruption',
    next: 'Nothing to do',
  },
  {
    source: `${GITHUB}aws-solutions/distributed-load-testing-on-aws/issues/82`,
    task: { stopCode: 'UserInitiated', reason: 'Task stopped by user' },
    kind: 'stopped-by',
    says: 'Stopped by someone: Task stopped by user.',
    next: 'Nothing to do',
  },
]

export const REPORTS: readonly Report[] = [...PULLS, ...RESOURCES, ...STARTS, ...ENDS]
