// SPDX-License-Identifier: MIT
#include "net/mailbox.h"
#include "net/wake_channel.h"

#include <QTest>

#include <atomic>
#include <memory>
#include <poll.h>
#include <string>
#include <thread>
#include <vector>

using namespace reverxy::net;

namespace {

struct Letter {
    size_t sender;
    size_t number;
    std::unique_ptr<size_t> content; // messages own things and are only ever moved
};

/// Whether something can be read within the time.
bool readable(int descriptor, int milliseconds) {
    pollfd waiting{descriptor, POLLIN, 0};
    return ::poll(&waiting, 1, milliseconds) == 1;
}

constexpr int forEver = 30'000; // what only a lost wake-up reaches

} // namespace

class TestMailbox : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void onlyTheFirstMessageAsksForAWakeUp() {
        Mailbox<int> mailbox;
        std::vector<int> taken;
        for (int round = 0; round < 3; ++round) {
            QVERIFY(mailbox.push(1));
            QVERIFY(!mailbox.push(2));
            QVERIFY(!mailbox.push(3));
            mailbox.takeAll(taken);
            QCOMPARE(taken, (std::vector<int>{1, 2, 3}));
        }
    }

    void anEmptyMailboxGivesNothing() {
        Mailbox<int> mailbox;
        std::vector<int> taken{1, 2, 3};
        mailbox.takeAll(taken);
        QVERIFY(taken.empty());
        QVERIFY(mailbox.push(4));
    }

    void theReceiversMemoryIsUsedAgain() {
        Mailbox<int> mailbox;
        std::vector<int> taken;
        for (int i = 0; i < 100; ++i)
            mailbox.push(i);
        mailbox.takeAll(taken);
        const int* const memory = taken.data();
        mailbox.push(1);
        mailbox.takeAll(taken); // its memory is the mailbox's now
        mailbox.push(2);
        mailbox.takeAll(taken);
        QCOMPARE(static_cast<const int*>(taken.data()), memory);
    }

    void aFullPipeWakesAsWellAndNobodyWaits() {
        WakeChannel channel;
        QVERIFY(!readable(channel.readDescriptor(), 0));
        for (int i = 0; i < 200'000; ++i) // more than any pipe holds
            channel.signal();
        QVERIFY(readable(channel.readDescriptor(), 0));
        channel.drain();
        QVERIFY(!readable(channel.readDescriptor(), 0));
        channel.drain(); // an empty one does not wait either
        channel.signal();
        QVERIFY(readable(channel.readDescriptor(), 0));
    }

    /// As a worker does it: sleeps until woken, takes the signals out, then everything there is. A lost wake-up
    /// leaves it asleep with messages waiting.
    void noWakeUpIsLost() {
        constexpr size_t senders = 4;
        constexpr size_t each = 20'000;
        Mailbox<Letter> mailbox;
        WakeChannel channel;
        std::atomic<size_t> wakeUps{0};
        std::vector<std::thread> threads;
        for (size_t sender = 0; sender < senders; ++sender) {
            threads.emplace_back([&, sender] {
                for (size_t number = 0; number < each; ++number) {
                    if (mailbox.push({sender, number, std::make_unique<size_t>(number)})) {
                        ++wakeUps;
                        channel.signal();
                    }
                    if (number % 64 == sender) // lets the receiver fall asleep now and then
                        std::this_thread::yield();
                }
            });
        }
        std::vector<size_t> next(senders, 0);
        std::vector<Letter> taken;
        std::string problem;
        size_t received = 0;
        size_t awakenings = 0;
        while (received < senders * each && problem.empty()) {
            if (!readable(channel.readDescriptor(), forEver)) {
                problem = "asleep for ever after " + std::to_string(received) + " messages";
                break;
            }
            ++awakenings;
            channel.drain();
            mailbox.takeAll(taken);
            for (const Letter& letter : taken) {
                if (letter.number != next[letter.sender]++ || *letter.content != letter.number)
                    problem = "a sender's messages came out of order";
            }
            received += taken.size();
        }
        for (std::thread& thread : threads)
            thread.join();
        QVERIFY2(problem.empty(), problem.c_str());
        QCOMPARE(received, senders * each);
        // A signal for each time that the receiver had looked, not for each message.
        QVERIFY(wakeUps <= awakenings + 1);
        mailbox.takeAll(taken);
        QVERIFY(taken.empty());
    }

    /// The slowest case for a wake-up: each message is waited for before the next is sent.
    void everySingleMessageWakes() {
        Mailbox<int> there;
        Mailbox<int> back;
        WakeChannel wakeThere;
        WakeChannel wakeBack;
        constexpr int rounds = 5'000;
        std::atomic<bool> lost{false};
        const auto answer = [&](Mailbox<int>& from, WakeChannel& fromWake, Mailbox<int>& to, WakeChannel& toWake) {
            std::vector<int> taken;
            for (int expected = 0; expected < rounds && !lost;) {
                if (!readable(fromWake.readDescriptor(), forEver)) {
                    lost = true;
                    return;
                }
                fromWake.drain();
                from.takeAll(taken);
                for (const int number : taken) {
                    lost = lost || number != expected++;
                    if (to.push(number))
                        toWake.signal();
                }
            }
        };
        std::thread other([&] { answer(there, wakeThere, back, wakeBack); });
        std::vector<int> taken;
        for (int i = 0; i < rounds && !lost; ++i) {
            if (there.push(i))
                wakeThere.signal();
            if (!readable(wakeBack.readDescriptor(), forEver)) {
                lost = true;
                break;
            }
            wakeBack.drain();
            back.takeAll(taken);
            lost = lost || taken != std::vector<int>{i};
        }
        other.join();
        QVERIFY(!lost);
    }
};

QTEST_APPLESS_MAIN(TestMailbox)
#include "test_mailbox.moc"
