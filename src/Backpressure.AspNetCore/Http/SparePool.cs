using Microsoft.Extensions.ObjectPool;

namespace Backpressure.AspNetCore.Http;

/// <summary>Keeps objects for use again: one with each thread, which it takes and gives back without a step that others see or wait for, the rest in a pool that all threads share.</summary>
/// <remarks>A thread outlives the host, so what stays with it when the pool is disposed is an empty cell that leads to nothing (T10). What a thread leaves that ends before goes to the others.</remarks>
internal sealed class SparePool<T> : IDisposable
    where T : class, IDisposable
{
    private const int FirstSweep = 16;

    private readonly ObjectPool<T> _shared;
    private readonly ThreadLocal<Cell> _cells; // does not track its values: it would never let go of those of threads that have ended
    private readonly List<Cell> _all = []; // guarded by itself, as the next
    private readonly long _id = SpareCell.NextId();
    private int _sweepAt = FirstSweep;
    private volatile bool _isDisposed;

    /// <param name="create">Makes one.</param>
    /// <param name="kept">How many the shared pool keeps; those above are disposed.</param>
    public SparePool(Func<T> create, int kept)
    {
        _shared = new DefaultObjectPoolProvider { MaximumRetained = kept }.Create(new Making(create));
        _cells = new ThreadLocal<Cell>(AddCell);
    }

    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public T Get()
    {
        if (!_isDisposed)
        {
            Cell cell = CellOfThread();
            if (cell.Spare is { } spare)
            {
                cell.Spare = null;
                if (!_isDisposed) // else it may have been found in the cell and be disposed already
                {
                    return spare;
                }

                spare.Dispose();
            }
        }

        return _shared.Get();
    }

    public void Return(T item)
    {
        if (!_isDisposed)
        {
            Cell cell = CellOfThread();
            if (cell.Spare is null)
            {
                cell.Spare = item;
                if (_isDisposed)
                {
                    cell.Empty(); // whoever disposed the pool may not have seen it
                }

                return;
            }
        }

        _shared.Return(item);
    }

    /// <summary>Disposes all that it keeps; what comes back later, at once.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Interlocked.MemoryBarrierProcessWide(); // stands for a fence in Get and Return: whoever has not seen it yet is seen in a cell from here on
        lock (_all)
        {
            _all.ForEach(static cell => cell.Empty());
            _all.Clear();
        }

        (_shared as IDisposable)?.Dispose();
    }

    /// <summary>The thread keeps the cell that it used last at hand: to ask for a value of its own takes longer than all the rest here.</summary>
    private Cell CellOfThread()
    {
        if (SpareCell.Last is Cell last && last.PoolId == _id)
        {
            return last;
        }

        Cell cell = _cells.Value!;
        SpareCell.Last = cell;
        return cell;
    }

    private Cell AddCell()
    {
        Cell cell = new(Thread.CurrentThread, _id);
        lock (_all)
        {
            if (_all.Count >= _sweepAt)
            {
                _all.RemoveAll(IsSweptOut);
                _sweepAt = Math.Max(FirstSweep, 2 * _all.Count);
            }

            _all.Add(cell);
        }

        return cell;
    }

    private bool IsSweptOut(Cell cell)
    {
        if (cell.IsInUse)
        {
            return false;
        }

        if (cell.Take() is { } left)
        {
            _shared.Return(left);
        }

        return true;
    }

    private sealed class Cell(Thread owner, long poolId)
    {
        private T? _spare;

        /// <summary>Whose it is; by number, so that it does not lead there.</summary>
        public long PoolId => poolId;

        /// <summary>Whether its thread has not ended.</summary>
        public bool IsInUse => owner.IsAlive;

        /// <summary>For the thread whose cell it is.</summary>
        public T? Spare
        {
            get => Volatile.Read(ref _spare);
            set => Volatile.Write(ref _spare, value);
        }

        /// <summary>For any thread.</summary>
        public T? Take() => Interlocked.Exchange(ref _spare, null);

        /// <summary>For any thread.</summary>
        public void Empty() => Take()?.Dispose();
    }

    private sealed class Making(Func<T> create) : PooledObjectPolicy<T>
    {
        public override T Create() => create();

        public override bool Return(T item) => true;
    }
}
