// How Slack reaches ingress: an HTTP API that limits requests, or the function's own URL.
import { CfnOutput, RemovalPolicy, Validations } from 'aws-cdk-lib'
import { CfnStage, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { FunctionUrlAuthType, type IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'

/** `api`: an HTTP API with throttling and an access log. `url`: a function URL, which has neither and costs nothing. */
export type Entry = 'api' | 'url'

/** Requests a second, and at once. Slack sends about one for each command, click and typed letter of a picker. */
const THROTTLE = { rate: 50, burst: 100 } as const
const PATH = '/slack/events'

/** Slack signs its requests with its own secret; the receiver verifies the raw body before it parses it. */
const SIGNED = 'Slack cannot sign for IAM or bring a token: the function verifies Slack’s signature of the raw body.'

/** Opens ingress to Slack, and prints its address. */
export const createEntry = (scope: Construct, fn: IFunction, entry: Entry): void => {
  const value = entry === 'url' ? fn.addFunctionUrl({ authType: FunctionUrlAuthType.NONE }).url : createApi(scope, fn)
  new CfnOutput(scope, 'SlackUrl', { value, description: 'The request URL for `npm run manifest -- --url`' })
}

/** Creates the HTTP API with one route. Its address ends with a slash, like that of a function URL. */
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
    // API Gateway may write to groups with this prefix without a resource policy of their own.
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

/** The fields of the access log: nothing of the body or the headers. */
const ACCESS = {
  at: '$context.requestTime',
  id: '$context.requestId',
  from: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  ms: '$context.responseLatency',
  error: '$context.integrationErrorMessage',
}
