import { randomUUID } from 'node:crypto';
import { Failure, requiredField } from './failure.ts';
import { find, type Marketplace, type Model, merged } from './marketplace.ts';
import { created, ok, type Routes } from './route.ts';

const NEEDS = 'DeliveryConfigAdmin';

/** Marked as write-only in OrderCloud's .NET SDK: a GET does not give them. */
const WRITE_ONLY = new Set(['Secret', 'CustomAuthHeaderValue', 'ConnectionString', 'SaslPassword', 'ApiKey']);

/** Marked as required there. */
const REQUIRED: Record<string, readonly string[]> = {
  Http: ['Endpoint', 'Secret'],
  EventHub: ['EventHubName', 'ConnectionString'],
  Kafka: ['BootstrapServers', 'SaslUsername', 'SaslPassword', 'Topic'],
};

const MAX_LENGTHS: Record<string, number> = { Secret: 50, CustomAuthHeaderValue: 50, Name: 128 };

/** As much as `connect` uses of them. */
export const deliveryConfigRoutes: Routes = {
  'GET /integrations/deliveryconfig/:id': {
    needs: NEEDS,
    answer: ({ marketplace, id }) => ok(shown(find(marketplace.deliveryConfigs, 'DeliveryConfig', id))),
  },
  'POST /integrations/deliveryconfig': {
    needs: NEEDS,
    answer: ({ marketplace, body }) => {
      const id = String(body.ID ?? randomUUID());
      if (marketplace.deliveryConfigs.has(id)) {
        throw new Failure(409, 'IdExists', 'Object already exists.').with({ ObjectType: 'DeliveryConfig' });
      }
      return created(save(marketplace, id, body));
    },
  },
  'PATCH /integrations/deliveryconfig/:id': {
    needs: NEEDS,
    answer: ({ marketplace, id, body }) => {
      const config = find(marketplace.deliveryConfigs, 'DeliveryConfig', id);
      return ok(save(marketplace, id, merged(config, body)));
    },
  },
};

function save(marketplace: Marketplace, id: string, config: Model): unknown {
  if (!config.Name) throw requiredField('Name');
  const targets = config.DeliveryTargets as Record<string, Model | null> | undefined;
  if (!targets) throw requiredField('DeliveryTargets');
  const present = Object.entries(targets).filter((entry): entry is [string, Model] => entry[1] !== null);
  for (const [name, target] of present) {
    for (const field of REQUIRED[name] ?? []) if (!target[field]) throw requiredField(`${name}.${field}`);
    for (const [field, value] of Object.entries(target)) requireLength(field, value);
  }
  requireLength('Name', config.Name);
  const saved = { Enabled: false, ...config, ID: id, DeliveryTargets: Object.fromEntries(present) };
  marketplace.deliveryConfigs.set(id, saved);
  return shown(saved);
}

function requireLength(field: string, value: unknown): void {
  const max = MAX_LENGTHS[field];
  if (max !== undefined && typeof value === 'string' && value.length > max) {
    throw new Failure(400, 'Validation.MaxLength', `${field} must not be longer than ${max} characters.`);
  }
}

function shown(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part) => (WRITE_ONLY.has(key) ? undefined : part)));
}
