// SPDX-License-Identifier: MIT
#pragma once

#include "ui/widgets/painted_icon.h"

#include <QLabel>
#include <QPushButton>
#include <QWidget>

namespace reverxy::ui {

class CopyButton;

/// What stands where a list would be empty: what that means, and what to do.
class EmptyState : public QWidget {
    Q_OBJECT
  public:
    explicit EmptyState(QWidget* parent = nullptr);

    struct Content {
        Sign sign = Sign::Plug;
        QString title;
        QString text;
        QString code;   // to be copied; empty: none
        QString action; // the text of the button; empty: none
        bool operator==(const Content&) const = default;
    };

    void setContent(const Content& content);

    const Content& content() const { return m_content; }

  Q_SIGNALS:
    void acted();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void refreshColours();

    Content m_content;
    QLabel* m_sign;
    QLabel* m_title;
    QLabel* m_text;
    QWidget* m_codeRow;
    QLabel* m_code;
    CopyButton* m_copy;
    QPushButton* m_action;
};

} // namespace reverxy::ui
