// SPDX-License-Identifier: MIT
#pragma once

#include "behaviour/story.h"
#include "local_engine_control.h"

#include <QUrl>

#include <functional>
#include <mutex>

namespace reverxy::test {

/// A control over a real engine whose configuration the test holds in its hands.
struct ControlScene {
    static constexpr int longest = 20'000; // milliseconds

    explicit ControlScene(config::Config config) { reading.config = std::move(config); }

    void set(ConfigurationReading next) {
        const std::lock_guard lock(mutex);
        reading = std::move(next);
    }

    api::CommandResult send(const api::Command& command) {
        std::optional<api::CommandResult> result;
        quint64 number = 0;
        const auto connection = QObject::connect(&control, &api::EngineControl::commandFinished, &control,
                                                 [&](quint64 finished, const api::CommandResult& what) {
                                                     if (finished == number)
                                                         result = what;
                                                 });
        number = control.send(command);
        [&] { QTRY_VERIFY_WITH_TIMEOUT(result.has_value(), longest); }();
        QObject::disconnect(connection);
        return result.value_or(api::CommandResult{false, QStringLiteral("no answer")});
    }

    api::CachePage list(const api::CacheListing& listing) {
        api::CachePagePointer answer;
        quint64 number = 0;
        const auto connection = QObject::connect(&control, &api::EngineControl::cacheListed, &control,
                                                 [&](quint64 listed, const api::CachePagePointer& page) {
                                                     if (listed == number)
                                                         answer = page;
                                                 });
        number = control.listCache(listing);
        [&] { QTRY_VERIFY_WITH_TIMEOUT(answer != nullptr, longest); }();
        QObject::disconnect(connection);
        return answer ? *answer : api::CachePage{};
    }

    /// Waits until a snapshot is as `expected` says.
    bool waitFor(const std::function<bool(const api::EngineSnapshot&)>& expected) const {
        return QTest::qWaitFor([&] { return expected(*control.snapshot()); }, longest);
    }

    uint16_t port() const {
        const QStringList& addresses = control.snapshot()->addresses;
        return addresses.isEmpty() ? uint16_t(0) : uint16_t(QUrl(addresses.first()).port());
    }

    std::mutex mutex;
    ConfigurationReading reading;
    NameTable names;
    observe::Log log{[](std::string_view) {}, names};
    LocalEngineControl control{[this] {
                                   const std::lock_guard lock(mutex);
                                   return reading;
                               },
                               log, names, reactorUnderTest()};
};

inline bool hasPools(const api::EngineSnapshot& snapshot) {
    return snapshot.state == api::EngineState::Running && !snapshot.pools.empty();
}

} // namespace reverxy::test
