using System.Text.Json;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;

// Uses a hub as the Functions host does, with the client that the host has, and prints what it saw as JSON.
var connectionString = Environment.GetEnvironmentVariable("EventHubConnection")!;
const string Hub = "products";
const string Group = EventHubConsumerClient.DefaultConsumerGroupName;

await using var producer = new EventHubProducerClient(connectionString, Hub);
var hub = await producer.GetEventHubPropertiesAsync();

// Several events go as a batch, a lone one as a plain message.
var key = new SendEventOptions { PartitionKey = "AEROPRESS-GO" };
await producer.SendAsync(Events(2), key);
await producer.SendAsync([Lone()], key);
await producer.SendAsync(Events(5), new SendEventOptions { PartitionId = "0" });
var partition = await producer.GetPartitionPropertiesAsync("0");

var all = await Read(EventPosition.Earliest, 5);
var third = all[2];
var positions = new Dictionary<string, EventPosition>
{
    ["earliest"] = EventPosition.Earliest,
    ["afterSequenceNumber"] = EventPosition.FromSequenceNumber(third.SequenceNumber, isInclusive: false),
    ["fromSequenceNumber"] = EventPosition.FromSequenceNumber(third.SequenceNumber, isInclusive: true),
    ["afterOffset"] = EventPosition.FromOffset(third.OffsetString, isInclusive: false),
    ["fromOffset"] = EventPosition.FromOffset(third.OffsetString, isInclusive: true),
    ["fromTime"] = EventPosition.FromEnqueuedTime(all[0].EnqueuedTime.AddMinutes(-1)),
    ["latest"] = EventPosition.Latest,
};
var read = new Dictionary<string, string[]>();
foreach (var (name, position) in positions)
{
    var wanted = name switch { "afterSequenceNumber" or "afterOffset" => 2, "fromSequenceNumber" or "fromOffset" => 3, "latest" => 0, _ => 5 };
    read[name] = (await Read(position, wanted)).Select(one => one.EventBody.ToString()).ToArray();
}

// By its key, an event goes to one partition, wherever that is.
var keys = new List<string?>();
var keyPartitions = new HashSet<string>();
EventData? lone = null;
await using var consumer = new EventHubConsumerClient(Group, connectionString, Hub);
using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
await foreach (var received in consumer.ReadEventsAsync(patience.Token))
{
    if (received.Data.PartitionKey == null) continue;
    keys.Add(received.Data.PartitionKey);
    keyPartitions.Add(received.Partition.PartitionId);
    lone = received.Data;
    if (keys.Count == 3) break;
}

// An owner with a higher level takes the partition over, and one with a lower level is refused.
await using var first = Receiver(EventPosition.Earliest, ownerLevel: 1);
await first.ReceiveBatchAsync(1, TimeSpan.FromSeconds(5));
await using var second = Receiver(EventPosition.Earliest, ownerLevel: 2);
await second.ReceiveBatchAsync(1, TimeSpan.FromSeconds(5));
await using var lower = Receiver(EventPosition.Earliest, ownerLevel: 0);
var refusals = new[] { await ReasonOf(first), await ReasonOf(lower) };

// A wrong key fails at once: nothing tries again what cannot succeed.
await using var stranger = new EventHubProducerClient(connectionString.Replace("SharedAccessKey=", "SharedAccessKey=x"), Hub);
var wrongKey = await FailureOf(() => stranger.SendAsync(Events(2)));

Console.WriteLine(JsonSerializer.Serialize(new
{
    hub = hub.Name,
    partitionIds = hub.PartitionIds,
    lastSequenceNumber = partition.LastEnqueuedSequenceNumber,
    read,
    refusals,
    keys,
    keyPartitions = keyPartitions.Count,
    lone = new { body = lone?.EventBody.ToString(), types = lone?.Properties.ToDictionary(one => one.Key, one => one.Value.GetType().Name) },
    wrongKey,
}));

IEnumerable<EventData> Events(int count) =>
    Enumerable.Range(0, count).Select(number => new EventData($"event {number}"));

EventData Lone() => new("alone") { Properties = { ["int"] = 7, ["long"] = 7L, ["float"] = 1.5f, ["time"] = DateTimeOffset.UtcNow } };

PartitionReceiver Receiver(EventPosition position, long? ownerLevel = null) =>
    new(Group, "0", position, connectionString, Hub, new PartitionReceiverOptions { OwnerLevel = ownerLevel });

async Task<List<EventData>> Read(EventPosition position, int wanted)
{
    await using var receiver = Receiver(position);
    var events = new List<EventData>();
    // One round more than needed: what should not come must not come.
    for (var round = 0; round < 10; round++)
    {
        var isLast = events.Count >= wanted;
        events.AddRange(await receiver.ReceiveBatchAsync(10, TimeSpan.FromSeconds(isLast ? 0.3 : 2)));
        if (isLast) break;
    }
    return events;
}

async Task<string> FailureOf(Func<Task> work)
{
    try
    {
        await work();
        return "none";
    }
    catch (Exception error)
    {
        return error.GetType().Name;
    }
}

async Task<string> ReasonOf(PartitionReceiver receiver)
{
    try
    {
        for (var round = 0; round < 10; round++) await receiver.ReceiveBatchAsync(1, TimeSpan.FromMilliseconds(200));
        return "none";
    }
    catch (EventHubsException error)
    {
        return error.Reason.ToString();
    }
}
