// How Slack reaches ingress: through an HTTP API that throttles requests, or through the function's own URL.
import { CfnOutput, RemovalPolicy, Validations } from 'aws-cdk-lib'
import { CfnStage, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { FunctionUrlAuthType, type IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'

/** `api`: an HTTP API with throttling and an access log. `url`: a function URL, which has neither but costs nothing. */
export type Entry = 'api' | 'url'

/** The rate in requests a second, and the burst. Slack sends about one request for each command, click and typed letter. */
const THROTTLE = { rate: 50, burst: 100 } as const
const PATH = '/slack/events'

/** The reason for access without IAM. Slack signs requests with its own secret; ingress verifies the raw body before parsing. */
const SIGNED = 'Slack cannot sign for IAM or bring a token: the function verifies Slack’s signature of the raw body.'

/** Makes ingress reachable for Slack, and outputs its URL. */
export const createEntry = (scope: Construct, fn: IFunction, entry: Entry): void => {
  const value = entry === 'url' ? fn.addFunctionUrl({ authType: FunctionUrlAuthType.NONE }).url : createApi(scope, fn)
  new CfnOutput(scope, 'SlackUrl', { value, description: 'The request URL for `npm run manifest -- --url`' })
}

/** Creates the HTTP API with one route. Returns its URL, which ends with a slash like the URL of a function. */
const createApi = (scope: Construct, fn: IFunction): string => {
  const api = new HttpApi(scope, 'Api', {
    apiName: 'quarterdeck',
    description: 'Quarterdeck: requests from Slack',
    createDefaultStage: false,
  })
  const [route] = api.addRoutes({
    path: PATH,
    methods: [HttpMethod.POST],
    integration: new HttpLambdaIntegration('ToIngress', fn),
  })
  if (route !== undefined) Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason: SIGNED })
  const log = new LogGroup(scope, 'ApiLog', {
    // API Gateway may write to log groups with this prefix without a resource policy for each group.
    logGroupName: '/aws/vendedlogs/quarterdeck-api',
    retention: RetentionDays.THREE_MONTHS,
    removalPolicy: RemovalPolicy.RETAIN,
  })
  new CfnStage(scope, 'ApiStage', {
    apiId: api.apiId,
    stageName: '$default',
    autoDeploy: true,
    defaultRouteSettings: { throttlingRateLimit: THROTTLE.rate, throttlingBurstLimit: THROTTLE.burst },
    accessLogSettings: { destinationArn: log.logGroupArn, format: JSON.stringify(ACCESS) },
  })
  return `${api.apiEndpoint}/`
}

/** The fields of the access log. They contain no part of the body or the headers. */
const ACCESS = {
  at: '$context.requestTime',
  id: '$context.requestId',
  from: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  ms: '$context.responseLatency',
  error: '$context.integrationErrorMessage',
}
