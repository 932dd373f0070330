import { Command } from 'commander';
import { processContext } from '../common/context.ts';
import { withWriteOptions } from '../common/options.ts';
import { ORDERCLOUD_ENVIRONMENT_HELP } from '../ordercloud/settings.ts';
import { runConnect } from './run.ts';
import type { TargetName } from './target.ts';

const NOTES = `
Creates or changes two things in OrderCloud: the delivery configuration, which says where
messages go, and the configuration of product synchronization, which uses it. Everything
else stays as it is: other targets, names, properties that this program does not know. So
do secrets, unless the target's address changes. The command shows what it would change,
and asks. Run again, it finds nothing to change.

The delivery configuration is the one that product synchronization uses, or else
"product-sync"; --id names another.
${ORDERCLOUD_ENVIRONMENT_HELP}
  The roles DeliveryConfigAdmin and ProductSyncConfigAdmin are needed.

Examples:
  ordercloud-product-sync connect http --url https://NAME.azurewebsites.net
  ordercloud-product-sync connect eventhub --hub products --dry-run
  ordercloud-product-sync connect kafka --bootstrap-servers HOST:9093 --topic products --username NAME`;

const HTTP_NOTES = `
Environment besides that of connect:
  FUNCTIONS_KEY               key of the function productWebhook, sent by
                              OrderCloud as x-functions-key; asked for if absent
  ORDERCLOUD_WEBHOOK_SECRET   the secret that signs the messages; or the last of
  ORDERCLOUD_WEBHOOK_SECRETS  Without both a new one is made and shown once.

OrderCloud takes at most 50 characters for each. The keys that Azure makes are
longer: make one that fits, with az functionapp function keys set --key-value.`;

const EVENT_HUB_NOTES = `
Environment besides that of connect:
  ORDERCLOUD_EVENT_HUB_CONNECTION_STRING  with the right to send, and no other;
                                          asked for if absent`;

const KAFKA_NOTES = `
Environment besides that of connect:
  ORDERCLOUD_KAFKA_PASSWORD  asked for if absent
  KAFKA_BROKERS, KAFKA_TOPIC, KAFKA_USERNAME: the app's settings, used where an
  option is not given; and KAFKA_PASSWORD for the same user at the same brokers,
  unless that user is $ConnectionString`;

/** `connect`, as the command line describes it. */
export const program = new Command('connect')
  .description('Lets OrderCloud send its product messages to this app.')
  .addHelpText('after', NOTES);

transport('http', 'Http', 'by webhook')
  .requiredOption('--url <url>', "address of the app's webhook, or of the app")
  .option('--no-function-key', 'the webhook needs no function key')
  .addHelpText('after', HTTP_NOTES);

transport('eventhub', 'EventHub', 'by Azure Event Hubs: for production')
  .option('--hub <name>', 'the hub (default: of the connection string, EVENT_HUB_NAME, or "products")')
  .addHelpText('after', EVENT_HUB_NOTES);

transport('kafka', 'Kafka', 'by Kafka, with SASL')
  .option('--bootstrap-servers <list>', 'HOST:PORT, several with commas')
  .option('--topic <name>', 'the topic')
  .option('--username <name>', "OrderCloud's user of the broker")
  .addHelpText('after', KAFKA_NOTES);

function transport(name: string, target: TargetName, description: string): Command {
  return withWriteOptions(program.command(name), { asks: true })
    .description(description)
    .option('--id <id>', 'of the delivery configuration (default: the one in use, or "product-sync")')
    .option('--exclude-price-schedules', 'messages without prices')
    .option(
      '--search-ingestion',
      'add Sitecore Search as a target; one that exists is kept without this option',
    )
    .option('--search-domain <id>', 'Sitecore Search: its domain')
    .option('--search-source <id>', 'Sitecore Search: the source')
    .option('--search-endpoint <url>', 'Sitecore Search: the ingestion API')
    .option('--search-entity <name>', 'Sitecore Search: the entity')
    .option('--replace', 'with --yes: also if the target has another address now, or may have')
    .action(async (flags) => {
      process.exitCode = await runConnect(target, flags, processContext());
    });
}
