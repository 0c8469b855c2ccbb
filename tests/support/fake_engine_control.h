// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"

#include <vector>

namespace reverxy::test {

/// An EngineControl whose engine is the test: it hands out what it is given and keeps what it was asked.
class FakeEngineControl : public api::EngineControl {
    Q_OBJECT
  public:
    struct Sent {
        quint64 number = 0;
        api::Command command;
    };

    explicit FakeEngineControl(QObject* parent = nullptr);

    void watch() override;
    void unwatch() override;

    api::SnapshotPointer snapshot() const override { return m_snapshot; }

    quint64 send(const api::Command& command) override;
    quint64 listCache(const api::CacheListing& listing) override;

    /// Makes `snapshot` the last one and tells of it.
    void show(const api::EngineSnapshot& snapshot);
    void show(const api::SnapshotPointer& snapshot);
    void finish(const std::vector<api::Exchange>& exchanges, quint64 skipped = 0);
    /// Answers the newest command.
    void answer(bool done, const QString& message = {});
    void answer(quint64 number, bool done, const QString& message);

    /// Answers the newest listing.
    void list(const api::CachePage& page);

    bool isWatched() const { return m_watched; }

    int timesWatched() const { return m_timesWatched; }

    const std::vector<Sent>& sent() const { return m_sent; }

    const std::vector<api::CacheListing>& listings() const { return m_listings; }

  private:
    api::SnapshotPointer m_snapshot;
    bool m_watched = false;
    int m_timesWatched = 0;
    std::vector<Sent> m_sent;
    std::vector<api::CacheListing> m_listings;
};

} // namespace reverxy::test
