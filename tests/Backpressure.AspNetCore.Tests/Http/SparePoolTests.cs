using System.Runtime.CompilerServices;
using Backpressure.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class SparePoolTests : IDisposable
{
    private readonly List<Item> _made = [];
    private readonly SparePool<Item> _pool;

    public SparePoolTests() => _pool = new SparePool<Item>(Make, kept: 1);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_thread_gets_what_it_gave_back_last()
    {
        Item item = _pool.Get();
        _pool.Return(item);

        Assert.Same(item, _pool.Get());
        Assert.NotSame(item, _pool.Get());
    }

    [Fact]
    public void What_is_more_than_one_goes_to_the_other_threads()
    {
        Item first = _pool.Get();
        Item second = _pool.Get();
        _pool.Return(first);
        _pool.Return(second);

        Assert.Same(second, OnAnotherThread(_pool.Get));
        Assert.NotSame(first, OnAnotherThread(_pool.Get));
        Assert.Same(first, _pool.Get());
    }

    [Fact]
    public void What_is_more_than_is_kept_is_disposed()
    {
        Item[] items = [_pool.Get(), _pool.Get(), _pool.Get()];
        Array.ForEach(items, _pool.Return);

        Assert.Equal([0, 0, 1], items.Select(static item => item.Disposals));
    }

    [Fact]
    public void One_pool_hands_out_nothing_of_another()
    {
        using SparePool<Item> other = new(Make, kept: 1);
        Item item = _pool.Get();
        _pool.Return(item);

        Assert.NotSame(item, other.Get());
        Assert.Same(item, _pool.Get());
    }

    [Fact]
    public void Its_end_disposes_what_every_thread_keeps_and_what_comes_back_later()
    {
        Item late = _pool.Get();
        _pool.Return(_pool.Get());
        OnAnotherThread(() =>
        {
            _pool.Return(_pool.Get());
            return late;
        });
        _pool.Dispose();
        Assert.Equal([0, 1, 1], _made.Select(static item => item.Disposals).Order());

        _pool.Return(late);

        Assert.Equal(1, late.Disposals);
        Assert.Throws<ObjectDisposedException>(_pool.Get);
    }

    [Fact] // T10: the thread goes on after the host
    public void A_thread_keeps_nothing_of_a_pool_that_has_ended()
    {
        WeakReference item = UseOnce();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.False(item.IsAlive);
    }

    [Fact] // the thread pool ends threads and begins others for as long as the host lives
    public void What_threads_leave_that_have_ended_goes_to_the_others()
    {
        for (int i = 0; i < 200; i++)
        {
            OnAnotherThread(() =>
            {
                Item item = _pool.Get();
                _pool.Return(item);
                return item;
            });
        }

        Assert.InRange(_made.Count(static item => item.Disposals == 0), 1, 40);
        Assert.True(_made.Count < 200); // they were of use
    }

    [Fact]
    public void A_million_exchanges_on_two_threads_never_share_an_item()
    {
        int shared = 0;
        Parallel.Invoke(Exchange, Exchange);

        Assert.Equal(0, shared);

        void Exchange()
        {
            for (int i = 0; i < 500_000; i++)
            {
                Item one = Taken();
                Item other = Taken();
                Volatile.Write(ref one.IsTaken, 0);
                Volatile.Write(ref other.IsTaken, 0);
                _pool.Return(one);
                _pool.Return(other);
            }
        }

        Item Taken()
        {
            Item item = _pool.Get();
            Interlocked.Add(ref shared, Interlocked.Exchange(ref item.IsTaken, 1));
            return item;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference UseOnce()
    {
        using SparePool<Item> pool = new(static () => new Item(), kept: 1);
        Item item = pool.Get();
        pool.Return(item);
        return new WeakReference(item);
    }

    private static Item OnAnotherThread(Func<Item> act)
    {
        Item? item = null;
        Thread thread = new(() => item = act());
        thread.Start();
        thread.Join();
        return item!;
    }

    private Item Make()
    {
        lock (_made)
        {
            _made.Add(new Item());
            return _made[^1];
        }
    }

    private sealed class Item : IDisposable
    {
        public int IsTaken;

        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;
    }
}
