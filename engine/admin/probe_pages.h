// SPDX-License-Identifier: MIT
#pragma once

#include "admin/answer.h"
#include "admin/readiness.h"
#include "http/parse_error.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reverxy::admin {

/// What the pages show; asked on the thread of the pages.
class ProbeSource {
  public:
    virtual OwnHosts ownHosts() const = 0;
    virtual bool draining() const = 0;
    virtual ReadinessFacts readiness() const = 0;
    /// Hands the text of /metrics over, at once or later on the same thread; nothing when it cannot be had any
    /// more.
    using MetricsReceiver = std::function<void(std::optional<std::string> text)>;
    virtual void collectMetrics(MetricsReceiver receiver) = 0;

  protected:
    virtual ~ProbeSource() = default;
};

/// The pages of the probe listener: /live, /ready and /metrics. Belongs to one thread.
class ProbePages {
  public:
    /// Called once, now or later. What it leads to may have gone by then.
    using Reply = std::function<void(Answer answer)>;
    /// How many may wait for the metrics that are on their way.
    static constexpr size_t waitingLimit = 256;

    /// `source` must outlive the pages.
    explicit ProbePages(ProbeSource& source);
    ~ProbePages();
    ProbePages(const ProbePages&) = delete;
    ProbePages& operator=(const ProbePages&) = delete;

    /// Answers a request that came to the address `reached`.
    void ask(const http::RequestHead& head, const IpAddress& reached, Reply reply);

  private:
    struct Waiting;

    void awaitMetrics(Reply reply);

    ProbeSource& m_source;
    std::shared_ptr<Waiting> m_waiting; // those who wait for metrics; a text that comes too late finds it gone
};

/// The answer to a message that is no valid request.
Answer malformedAnswer(http::ParseError error);

} // namespace reverxy::admin
