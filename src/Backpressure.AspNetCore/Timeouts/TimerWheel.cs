using System.Numerics;

namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Orders timers by their due time in a hierarchical timing wheel (Varghese and Lauck, 1987, scheme 7): adding and removing take constant time.</summary>
/// <remarks>
/// Due times are numbers of eleven digits to the base 64. A timer stands at the level of the highest digit in which its due time differs from what the wheel
/// has reached, in the slot of that digit. So a lower level is due before a higher one, and within a level a lower slot before a higher; a slot of level 0
/// is one single instant, whatever the clock's frequency. A slot above is emptied when its earliest timer is due: what is due by then leaves, first in first out, so that many timers of one
/// timeout do not delay the first of them; what is not moves to a finer slot, which happens to one timer at most once per level, and never to one that is cancelled before.
/// </remarks>
internal sealed class TimerWheel
{
    private const int BitsPerDigit = 6;
    private const int SlotsPerLevel = 1 << BitsPerDigit;
    private const int Levels = (63 / BitsPerDigit) + 1;
    private const int None = -1;

    private readonly ulong[] _occupied = new ulong[Levels]; // a bit per slot
    private readonly WheelSlot[] _slots = new WheelSlot[Levels * SlotsPerLevel];
    private long _reached = long.MinValue; // no timer is due before this, except in the slot of this very instant
    private int _emptied = None; // the slot whose timers are being moved to finer ones; they come before all others

    public int Count { get; private set; }

    /// <summary>The due time of the next timer, or earlier when that one was removed, or some instant that has passed when it has; <see cref="IAlarm.Never"/> when there is none.</summary>
    public long Earliest
    {
        get
        {
            int first = FirstSlot();
            return first == None ? IAlarm.Never : _slots[first].Earliest;
        }
    }

    public void Add(TimerNode node)
    {
        Link(node);
        Count++;
    }

    /// <summary>Takes a node out; false when it is not in the wheel.</summary>
    public bool Remove(TimerNode node)
    {
        if (node.Slot == TimerNode.Nowhere)
        {
            return false;
        }

        Unlink(node);
        Count--;
        return true;
    }

    /// <summary>Does one step towards what is due: takes a due timer, or moves one to a finer slot, so that the caller bounds how long it takes.</summary>
    /// <param name="now">The present, which never moves back.</param>
    /// <param name="due">What is due; null when this step only moved something. A periodic timer stays for its next due time.</param>
    /// <returns>False when nothing was left to do.</returns>
    public bool TryStep(long now, out TimerNode? due)
    {
        due = null;
        int first = FirstSlot();
        if (first == None || _slots[first].Earliest > now)
        {
            return false;
        }

        TimerNode node = _slots[first].Head!;
        if (first >= SlotsPerLevel)
        {
            if (first != _emptied)
            {
                _reached = _slots[first].Earliest;
                _emptied = first;
            }

            if (node.Due > now)
            {
                Unlink(node);
                Link(node);
                return true;
            }
        }

        due = node;
        Unlink(node);
        if (node.Period == 0)
        {
            Count--;
        }
        else
        {
            node.SkipPast(now);
            Link(node);
        }

        return true;
    }

    /// <summary>Forgets every node.</summary>
    public void Clear()
    {
        for (int first = FirstSlot(); first != None; first = FirstSlot())
        {
            Unlink(_slots[first].Head!);
        }

        Count = 0;
    }

    private int FirstSlot()
    {
        if (_emptied != None)
        {
            return _emptied;
        }

        for (int level = 0; level < Levels; level++)
        {
            if (_occupied[level] != 0)
            {
                return (level * SlotsPerLevel) + BitOperations.TrailingZeroCount(_occupied[level]);
            }
        }

        return None;
    }

    private void Link(TimerNode node)
    {
        ulong instant = Ordinal(Math.Max(node.Due, _reached));
        int level = BitOperations.Log2((instant ^ Ordinal(_reached)) | 1) / BitsPerDigit;
        int digit = (int)(instant >> (level * BitsPerDigit)) & (SlotsPerLevel - 1);
        int place = (level * SlotsPerLevel) + digit;
        ref WheelSlot slot = ref _slots[place];
        ulong bit = 1UL << digit;
        if ((_occupied[level] & bit) == 0)
        {
            _occupied[level] |= bit;
            slot.Earliest = node.Due;
        }
        else
        {
            slot.Earliest = Math.Min(slot.Earliest, node.Due);
            node.Previous = slot.Tail;
            slot.Tail!.Next = node;
        }

        slot.Head ??= node;
        slot.Tail = node;
        node.Slot = (short)place;
    }

    private void Unlink(TimerNode node)
    {
        int place = node.Slot;
        if (node.Next is TimerNode next)
        {
            next.Previous = node.Previous;
        }
        else
        {
            _slots[place].Tail = node.Previous;
        }

        if (node.Previous is TimerNode previous)
        {
            previous.Next = node.Next;
        }
        else
        {
            _slots[place].Head = node.Next;
            if (node.Next is null)
            {
                _occupied[place / SlotsPerLevel] &= ~(1UL << (place % SlotsPerLevel));
                _emptied = place == _emptied ? None : _emptied;
            }
        }

        node.Next = null; // what has left must keep no other alive
        node.Previous = null;
        node.Slot = TimerNode.Nowhere;
    }

    private static ulong Ordinal(long timestamp) => (ulong)timestamp ^ (1UL << 63); // in the order of the timestamps, negative ones included
}
