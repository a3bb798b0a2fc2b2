Console.Error.WriteLine("usage: tournament [--scenario FILE]... [--seeds N] [--algorithms a,b] [--json]");
return 2;
