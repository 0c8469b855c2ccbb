// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"

#include <QObject>

namespace reverxy::ui {

/// Lists stored responses part by part, until it has all that match, or as many as a person can look through.
class CacheReader : public QObject {
    Q_OBJECT
  public:
    static constexpr uint64_t capacity = 5000;

    explicit CacheReader(api::EngineControl& control, QObject* parent = nullptr);

    /// From the beginning; what was being listed is dropped.
    void read(const QString& filter);
    void stop();

    bool isReading() const { return m_asked != 0; }

    /// There is more than was listed.
    bool isCut() const { return m_cut; }

    /// Entries gone through so far.
    uint64_t looked() const { return m_looked; }

  Q_SIGNALS:
    void begun();
    void listed(const reverxy::api::CachePagePointer& page);
    void ended();

  private:
    void take(quint64 number, const api::CachePagePointer& page);
    void ask();

    api::EngineControl& m_control;
    api::CacheListing m_listing;
    quint64 m_asked = 0; // 0: nothing
    uint64_t m_found = 0;
    uint64_t m_looked = 0;
    bool m_cut = false;
};

} // namespace reverxy::ui
