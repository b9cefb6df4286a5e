import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { provenanceOf, type Tags, type Undone } from '../../../src/features/managed-by/managed-by.ts'
import { findLine } from '../../../src/features/managed-by/template-line.ts'
import { size } from '../../seed.ts'

const stack: Tags = {
  'aws:cloudformation:stack-name': 'catalog-stack',
  'aws:cloudformation:stack-id': 'arn:aws:cloudformation:us-east-1:111122223333:stack/catalog-stack/1',
  'aws:cloudformation:logical-id': 'Api',
}
const of = (text: string, undone: Undone = 'DesiredCount', tags = stack, logicalId = 'Api') =>
  provenanceOf(tags, undone, { text, logicalId })

const yaml = `AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Password: { Type: String, Default: hunter2 }
Resources:
  Other:
    Type: AWS::ECS::Service
    Properties:
      DesiredCount: 9
  Api:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      # how many
      DesiredCount: 4
  Target:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      MinCapacity: 2
      MaxCapacity: !Ref Most
      ResourceId: !Join ['/', [service, !Ref Cluster, !GetAtt Api.Name]]
`

const cdk = JSON.stringify(
  {
    Resources: {
      Api: {
        Type: 'AWS::ECS::Service',
        Properties: { ServiceName: 'catalog-api', DesiredCount: 4 },
        Metadata: { 'aws:cdk:path': 'CatalogStack/Api/Service/Service' },
      },
      Target: {
        Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
        Properties: {
          MinCapacity: 2,
          ResourceId: { 'Fn::Join': ['', ['service/', { Ref: 'Cluster' }, '/', { 'Fn::GetAtt': ['Api', 'Name'] }]] },
        },
        Metadata: { 'aws:cdk:path': 'CatalogStack/Api/Service/TaskCount/Target/Resource' },
      },
    },
  },
  undefined,
  1,
)

describe('a stack', () => {
  test('the very line of its template, by its number', () => {
    expect(of(yaml)).toEqual({
      kind: 'cloudformation',
      name: 'catalog-stack',
      line: 'catalog-stack, template line 14: `DesiredCount: 4`',
      undoes: true,
    })
  })

  test('bounds are said by the scalable target of the service', () => {
    expect(of(yaml, 'MinCapacity')?.line).toBe('catalog-stack, template line 18: `MinCapacity: 2`')
    const { undoes: _, line: __, ...unknown } = of(yaml) ?? {}
    expect(of(yaml, 'MinCapacity', stack, 'Other')).toEqual(unknown)
  })

  test.each([
    ['a substitution', '!Sub service/$' + '{Cluster}/$' + '{Api.Name}'],
    ['a fixed name', 'service/web/catalog-api'],
  ])('the service of a scalable target is also told by %s', (_, resourceId) => {
    const text = yaml.replace(/!Join .*/, () => resourceId).replace('Cluster: !Ref Cluster', 'ServiceName: catalog-api')
    expect(of(text, 'MinCapacity')?.line).toBe('catalog-stack, template line 18: `MinCapacity: 2`')
  })

  test('what is not a plain number is masked', () => {
    expect(of(yaml, 'MaxCapacity')?.line).toBe('catalog-stack, template line 19: `MaxCapacity: …`')
    expect(of(yaml.replace('DesiredCount: 4', 'DesiredCount: "{{resolve:ssm:secret}}"'))?.line).toContain(': …`')
    expect(of(yaml.replace('DesiredCount: 4', 'DesiredCount: "4"'))?.line).toContain(': 4`')
  })

  test('a template that does not say the count leaves it as it is', () => {
    expect(of(yaml.replace('      DesiredCount: 4\n', ''))).toEqual({
      kind: 'cloudformation',
      name: 'catalog-stack',
      undoes: false,
    })
  })

  test('of CDK, the path of the construct', () => {
    expect(of(cdk)).toEqual({
      kind: 'cdk',
      name: 'CatalogStack/Api/Service/Service',
      line: 'catalog-stack, template line 7: `DesiredCount: 4`',
      undoes: true,
    })
    expect(of(cdk, 'MinCapacity')).toMatchObject({ name: 'CatalogStack/Api/Service/TaskCount/Target/Resource' })
  })

  test('on one line, the line is the first, and no more of it is shown', () => {
    expect(of(JSON.stringify(JSON.parse(cdk)))?.line).toBe('catalog-stack, template line 1: `DesiredCount: 4`')
  })

  test('of an Express service, its scaling target', () => {
    const text = 'Resources:\n  Api:\n    Properties:\n      ScalingTarget:\n        MinTaskCount: 2\n'
    expect(of(text, 'MinTaskCount')?.line).toBe('catalog-stack, template line 5: `MinTaskCount: 2`')
  })

  test('without a template, its name is all that is known', () => {
    expect(provenanceOf(stack, 'DesiredCount')).toEqual({ kind: 'cloudformation', name: 'catalog-stack' })
    expect(of('not: [a template')).toEqual({ kind: 'cloudformation', name: 'catalog-stack' })
    expect(of('')).toEqual({ kind: 'cloudformation', name: 'catalog-stack' })
  })
})

describe('a hostile template', () => {
  test('neither nesting nor size nor aliases break it, nor keep it busy', () => {
    const bomb = `a: &a [x,x]\n${Array.from({ length: 30 }, (_, n) => `b${n}: &b${n} [*a,*a]`).join('\n')}\n`
    for (const unit of ['[', '{a: ', '- ', '"', "'", '? ', '! ', '*a ', 'a:\n', '"\\', bomb])
      for (const length of [16_000, size(1_000_000)]) {
        const text = unit.repeat(length / unit.length)
        for (const template of [text, `{${text}`, `Resources:\n  Api:\n    Properties:\n      ${text}\n`])
          expect(findLine(template, 'Api', 'MinCapacity')).toBeUndefined()
      }
    expect(findLine(`${yaml}#${'x'.repeat(1_100_000)}`, 'Api', 'DesiredCount')).toBeUndefined()
  })

  test('the service of a scalable target is not looked for however deep', () => {
    const deep = `${'['.repeat(100_000)}"Api"${']'.repeat(100_000)}`
    const target = `{"Type":"AWS::ApplicationAutoScaling::ScalableTarget","Properties":{"ResourceId":${deep}}}`
    expect(findLine(`{"Resources":{"Api":{},"Target":${target}}}`, 'Api', 'MinCapacity')).toBeUndefined()
  })

  test('its markup is not the name of a construct', () => {
    const text = cdk.replace('CatalogStack/Api/Service/Service', '<!channel> `*bold*`')
    expect(of(text)).toMatchObject({ kind: 'cloudformation', name: 'catalog-stack' })
  })

  test('whatever it says, a line is short, and says a number or nothing', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (path, value) => {
        const found = of(
          JSON.stringify({
            Resources: { Api: { Properties: { DesiredCount: value }, Metadata: { 'aws:cdk:path': path } } },
          }),
        )
        expect(found?.line).toMatch(/^catalog-stack, template line 1: `DesiredCount: (\d{1,5}|…)`$/)
        expect(found?.name).toMatch(/^[\w./ -]{1,100}$/)
      }),
    )
  })
})

describe('YAML', () => {
  test.each([
    ['Windows’ line ends', yaml.replaceAll('\n', '\r\n'), 14],
    ['quotes', yaml.replace('  Api:', '  "Api":').replace('DesiredCount: 4', "'DesiredCount': 4"), 14],
    ['comments at the margin', yaml.replace('      # how many', '# how many'), 14],
    ['other sections behind it', `${yaml}Outputs:\n  Api:\n    Value: 1\n`, 14],
    ['a resource in braces', 'Resources:\n  Api: { Properties: { DesiredCount: 4 } }\n', 2],
    ['four spaces', yaml.replaceAll(/^ +/gm, spaces => spaces + spaces), 14],
  ])('with %s', (_, text, line) => {
    expect(of(text)?.line).toBe(`catalog-stack, template line ${line}: \`DesiredCount: 4\``)
  })

  test('without resources, or all in braces, is not read', () => {
    for (const text of ['Resources:\n', 'Resources: { Api: {} }', '# nothing', 'Resources:\nApi: 1\n'])
      expect(findLine(text, 'Api', 'DesiredCount')).toBeUndefined()
  })
})

test('JSON: the line is of the service’s own key, wherever else that key stands', () => {
  const service = { Type: 'AWS::ECS::Service', Properties: { DesiredCount: 4, Tags: [{ DesiredCount: 1 }] } }
  const other = { Properties: { DesiredCount: 9, Note: 'Properties: {"DesiredCount": 7}\\"' } }
  const text = JSON.stringify({ Outputs: { Api: service }, Resources: { Other: other, Api: service } }, undefined, 2)
  const line = text.split('\n').findIndex((_, n, all) => all[n]?.includes('"DesiredCount": 4') && n > 20) + 1
  expect(findLine(text, 'Api', 'DesiredCount')).toEqual({ line, text: 'DesiredCount: 4' })
})

describe('by tags', () => {
  test.each<[string, Tags, Undone, object | undefined]>([
    ['nobody', { team: 'orders', 'managed-by': 'the orders team' }, 'DesiredCount', undefined],
    [
      'Copilot',
      { ...stack, 'copilot-application': 'analytics', 'copilot-environment': 'prod', 'copilot-service': 'reports' },
      'DesiredCount',
      { kind: 'copilot', name: 'analytics/prod/reports', line: '`count` in copilot/reports/manifest.yml' },
    ],
    [
      'Copilot’s bounds',
      { 'copilot-service': 'reports' },
      'MaxCapacity',
      { kind: 'copilot', name: 'reports', line: '`count.range` in copilot/reports/manifest.yml' },
    ],
    [
      'Terraform',
      { 'managed-by': 'terraform', 'terraform:module': 'modules/payments-api' },
      'DesiredCount',
      {
        kind: 'terraform',
        name: 'modules/payments-api',
        line: '`desired_count` of `aws_ecs_service`, unless `ignore_changes` names it',
      },
    ],
    [
      'Terraform’s bounds',
      { ManagedBy: 'Terraform' },
      'MinCapacity',
      {
        kind: 'terraform',
        name: 'Terraform',
        line: '`min_capacity` of `aws_appautoscaling_target`, unless `ignore_changes` names it',
      },
    ],
    ['no Terraform', { terraform: 'false' }, 'DesiredCount', undefined],
  ])('%s', (_, tags, undone, expected) => {
    expect(provenanceOf(tags, undone)).toEqual(expected)
  })

  test('a stack is told before Terraform, which may have made the stack', () => {
    expect(provenanceOf({ ...stack, terraform: 'true' }, 'DesiredCount')?.kind).toBe('cloudformation')
  })

  test('what people write into tags is short and no markup', () => {
    fc.assert(
      fc.property(fc.string(), value => {
        const found = [
          provenanceOf({ 'copilot-service': value, 'copilot-application': value }, 'DesiredCount'),
          provenanceOf({ terraform: 'true', 'terraform:module': value }, 'DesiredCount'),
        ]
        for (const one of found) {
          expect(one?.name ?? '').toMatch(/^[\w./:@ -]{0,130}$/)
          expect((one?.line ?? '').length).toBeLessThanOrEqual(120)
        }
      }),
    )
  })
})
