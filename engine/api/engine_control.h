// SPDX-License-Identifier: MIT
#pragma once

#include "api/cache.h"
#include "api/command.h"
#include "api/snapshot.h"

#include <QObject>

#include <memory>
#include <vector>

namespace reverxy::api {

using SnapshotPointer = std::shared_ptr<const EngineSnapshot>;
using CachePagePointer = std::shared_ptr<const CachePage>;
using ExchangeBatch = std::shared_ptr<const std::vector<Exchange>>;

/// The one interface of a face to an engine, whether it runs in this process or elsewhere. Belongs to the face's
/// thread, like all its calls and signals; no call waits for the engine.
class EngineControl : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

    /// Somebody looks: snapshots and exchanges come, a few a second, until unwatch(). The first snapshot brings the
    /// past with it, the first batch the recent exchanges.
    virtual void watch() = 0;
    /// Nobody looks any more: nothing is collected.
    virtual void unwatch() = 0;

    /// The last snapshot; never null, and a stopped engine before the first.
    virtual SnapshotPointer snapshot() const = 0;

    /// Sends a command. commandFinished() follows with the number returned here.
    virtual quint64 send(const Command& command) = 0;

    /// Asks for stored responses. cacheListed() follows with the number returned here; of a stopped engine there
    /// are none.
    virtual quint64 listCache(const CacheListing& listing) = 0;

  Q_SIGNALS:
    void snapshotChanged(const reverxy::api::SnapshotPointer& snapshot);
    /// Exchanges that have ended since the last batch, oldest first. Under heavy traffic some are left out:
    /// `skipped` of them.
    void exchangesFinished(const reverxy::api::ExchangeBatch& exchanges, quint64 skipped);
    void commandFinished(quint64 number, const reverxy::api::CommandResult& result);
    void cacheListed(quint64 number, const reverxy::api::CachePagePointer& page);
};

} // namespace reverxy::api
