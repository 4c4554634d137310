// A million timers beside a measurement would make collections, and these trim the pools that it counts on.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
